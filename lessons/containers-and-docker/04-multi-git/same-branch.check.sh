# Passes where the branch search is checked out in all three repositories.
on_branch search
