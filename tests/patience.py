"""How long tests wait for what is sure to come.

A wait ends with what it waits for, so patience costs nothing where all is well. On a machine that has more to do
than processors to do it, even an idle program may not get its turn for half a minute, and importing torch takes one.
"""

PATIENCE_S = 120.0
PATIENCE_MS = round(1000 * PATIENCE_S)
