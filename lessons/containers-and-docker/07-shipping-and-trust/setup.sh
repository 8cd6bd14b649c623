set -e
# The log is the learner’s alone, so that it matters whom a container runs as.
chmod 600 shipping/log/arrivals.log
install --mode 600 /dev/stdin /root/letter.txt <<'LETTER'
To whoever keeps the keys: the combination of the harbour master’s safe is 31-07-52.
LETTER
