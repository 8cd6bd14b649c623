# slipway: timeout=20
# Passes where a container of harbour/logbook did its work, and its report says no to what this task is about.
logbook_refused 'leave files|change your log|reach a network|be root|use capabilities|become root'
