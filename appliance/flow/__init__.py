"""Floor 2: the flow of kefu.yaml, from conditions and actions to the pure step that serves every conversation.

The doors are `compile.compile_flow`, `compile.graph_of`, `step.step_safely`, `guards.compile_guard` and
`playbook.failures`; nothing here knows a clock, a socket or a file.
"""
