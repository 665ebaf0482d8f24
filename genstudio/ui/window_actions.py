"""What can be done in the window, one row an action, and when each can be."""

from __future__ import annotations

from genstudio.models.capabilities import Scripted
from genstudio.runs.status import Status
from genstudio.ui.actions import ActionInfo as Info
from genstudio.ui.actions import Actions
from genstudio.ui.documents import Documents
from genstudio.ui.session_model import SessionModel

GO_ON = "Let the shown run go on where it was stopped, with the limits and live settings as they are now"
SCRIPT = "Write plain Python that gives the same numbers with scikit-learn alone"
NO_SCRIPT = "This model cannot be written as plain Python; export the recipe instead"

WINDOW_ACTIONS = (
    Info("open", "Open", "File", "Ctrl+O", "open", "Open data, a recipe or a session", bar=True),
    Info("open_folder", "Open a folder…", "File", "Ctrl+Shift+O", "folder",
         "Open a folder of pictures, whose sub-folders are the classes"),
    Info("save", "Save", "File", "Ctrl+S", "save", "Save all runs in one file", bar=True),
    Info("save_as", "Save as…", "File", "Ctrl+Shift+S", "", "Save all runs under another name"),
    Info("last_session", "Reopen the last session", "File", "", "",
         "Bring back what was open when the program was last closed"),
    Info("export_recipe", "Export the recipe…", "File", "", "settings", "Write the shown run's recipe as TOML",
         group=True),
    Info("export_script", "Export as a Python script…", "File", "", "script", SCRIPT),
    Info("quit", "Quit", "File", "Ctrl+Q", "", "Close the window; the session is kept", group=True),
    Info("rename", "Rename the run", "Edit", "F2", "rename", "Call the shown run something else", group=True),
    Info("delete", "Delete the run", "Edit", "", "delete", "Delete the shown run; undo brings it back"),
    Info("compare", "Compare the run", "Edit", "Ctrl+K", "compare",
         "Lay the shown run's curves over those of others, or take them away"),
    Info("train", "Train", "Train", "Ctrl+Return", "play", "Train afresh with these settings", bar=True, group=True,
         colour="success"),
    Info("go_on", "Continue training", "Train", "Ctrl+Shift+Return", "play", GO_ON),
    Info("pause", "Pause", "Train", "Space", "pause", "Pause, and go on", bar=True),
    Info("step", "Step", "Train", ".", "step", "Take one step, then hold", bar=True),
    Info("stop", "Stop", "Train", "Escape", "stop", "End training and keep what was learned", bar=True),
    Info("export", "Export", "File", "Ctrl+E", "export", "Export what the shown panel shows", bar=True, group=True),
    Info("theme", "Theme", "View", "Ctrl+T", "moon", "From light to dark, and back", bar=True),
    Info("present", "Present", "View", "F11", "present", "The stage alone, full screen", bar=True),
    Info("help", "What is this?", "Help", "F1", "info", "Click a thing to learn what it is"),
)


def allow(actions: Actions, model: SessionModel, documents: Documents) -> None:
    """Offer what can be done now."""
    run, current = model.training, model.current
    ready = model.models is not None and model.data is not None
    learning = run is not None and run.status is Status.TRAINING
    actions["train"].setEnabled(ready and not learning and model.loading is None)
    allow_going_on(actions, model)
    actions["pause"].setEnabled(ready)
    actions["step"].setEnabled(ready)
    actions["stop"].setEnabled(run is not None)
    for key in ("save", "save_as", "export_recipe", "rename", "delete", "compare"):
        actions[key].setEnabled(current is not None)
    scripted = current is not None and current.offers(Scripted)
    actions["export_script"].setEnabled(scripted)
    actions.tell("export_script", SCRIPT if scripted or current is None else NO_SCRIPT)
    actions["last_session"].setEnabled(documents.has_last())


def allow_going_on(actions: Actions, model: SessionModel) -> None:
    """Offer to go on with a run where that can be, and show on the pause button what it does now."""
    run, continuation = model.training, model.continuation
    learning = run is not None and run.status is Status.TRAINING
    reason = continuation.why_not()
    actions["go_on"].setEnabled(not reason)
    actions.tell("go_on", reason or GO_ON)
    stopped = run is None and continuation.suits()
    actions["pause"].setText("Continue" if stopped else "Pause" if learning or run is None else "Resume")
    actions.show_icon("pause", "play" if stopped or (run is not None and not learning) else "pause")
