# Three repositories in ~/code, the learner's own, as a small team might have left them. One that is there already stays
# as it is.
set -eu

# Names, dates and settings are fixed, so that the same commits come out wherever this runs.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME='Mira Holm' GIT_AUTHOR_EMAIL=mira@harbour.example GIT_AUTHOR_DATE=2024-03-04T09:00:00Z
export GIT_COMMITTER_NAME='Mira Holm' GIT_COMMITTER_EMAIL=mira@harbour.example GIT_COMMITTER_DATE=2024-03-04T09:00:00Z

owner=$(stat --format %U .)
mkdir -p code
chown "$owner:" code

# Each is made beside its place, so that it is there whole or not at all.
new=code/.new
begin() {
  rm -rf "$new"
  git init --quiet --initial-branch main "$new"
}
commit() {
  git -C "$new" add --all
  git -C "$new" commit --quiet --message "$1"
}
finish() {
  chown -R "$owner:" "$new"
  mv "$new" "code/$1"
}

if [ ! -e code/api ]; then
  begin
  echo 'pages = []' > "$new/server.py"
  commit 'Begin with no pages'
  cat >> "$new/server.py" << 'END'

def search(words):
    # TODO: refuse a query that is too long
    return [page for page in pages if words in page]
END
  commit 'Answer a search with the pages that hold its words'
  finish api
fi

if [ ! -e code/web ]; then
  begin
  echo '<h1>Harbour</h1>' > "$new/index.html"
  commit 'Greet the visitor'
  # Somebody has begun with a branch here that is in no other repository.
  git -C "$new" checkout --quiet -b login
  echo '<input name="user">' > "$new/login.html"
  commit 'Ask for a name'
  git -C "$new" checkout --quiet main
  # A change that nobody has committed.
  echo '<p>Boats, tides and weather.</p>' >> "$new/index.html"
  finish web
fi

if [ ! -e code/docs ]; then
  begin
  echo '# Harbour' > "$new/guide.md"
  commit 'Begin the guide'
  git -C "$new" checkout --quiet -b draft
  echo 'TODO: describe the search' >> "$new/guide.md"
  commit 'Note what is missing'
  finish docs
fi
