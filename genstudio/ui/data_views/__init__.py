"""The views of the Data panel."""
