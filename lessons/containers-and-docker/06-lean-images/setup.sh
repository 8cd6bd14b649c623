# Three small repositories that multi-git is run over, and a folder for the first images.
as_learner() { setpriv --reuid learner --regid learner --init-groups "$@"; }

as_learner mkdir -p fleet lean
cd fleet || exit
for name in api web docs; do
  [ ! -e "$name" ] || continue
  as_learner git init --quiet --initial-branch main "$name"
  echo "The repository $name of the fleet" | as_learner tee "$name/README" > /dev/null
  as_learner git -C "$name" add README
  as_learner git -C "$name" -c user.name=Ada -c user.email=ada@fleet.example commit --quiet --message "Begin $name"
done
# Something for git to tell: a file that was changed, and one that is new.
[ -e api/timetable ] || echo "06:40 from the north quay" | as_learner tee --append api/README > /dev/null
[ -e web/timetable ] || as_learner touch web/timetable

# What gathers in a folder in which people work, and is no source.
cd ../multi-git || exit
[ -e .env ] || echo "FLEET_PASSWORD=herring" | as_learner tee .env > /dev/null
[ -e trace.log ] || yes "nothing to see here" | head --bytes 20000000 | as_learner tee trace.log > /dev/null
