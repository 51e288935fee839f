"""工单: the workflow table, the journal and the tickets themselves."""
