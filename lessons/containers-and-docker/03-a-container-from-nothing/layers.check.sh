# slipway: user=root timeout=20
# Passes where containers of run.sh write to layers of their own over box/rootfs, and find them again.

mountpoint -q box/layers ||
  fail "Nothing is mounted on box/layers any more. Bring it back: sudo mount --bind /var/lib/docker/box-layers box/layers"
tidy
said=$(in_container check-one sh -c 'echo one > /from-check && grep " / " /proc/mounts')
status=$?
case $said in
  *'/ overlay '*) ;;
  *' / '*) unfit "The root of a container is not an overlay, but: $said" ;;
  *) unfit "$(unrun "$status" "$said")" ;;
esac
[ ! -e box/rootfs/from-check ] ||
  unfit "What a container writes still ends up in box/rootfs, the image: the root is no overlay with rootfs as the lower folder."
said=$(in_container check-two cat /etc/motd /from-check)
case $said in
  *one) unfit "A container called check-two sees what one called check-one has written. Each name needs an upper folder of its own." ;;
esac
[ "${said%%$'\n'*}" = "$(head -1 box/rootfs/etc/motd)" ] ||
  unfit "In a container, /etc/motd is not that of the image. cat says: $said"
said=$(in_container check-one cat /from-check)
[ "$said" = one ] ||
  unfit "A container that is started again under its name does not find what it had written. Its upper folder has to stay."
tidy
[ ! -e box/rootfs/note ] || fail "The layers work. box/rootfs/note is still in the image, from before: sudo rm box/rootfs/note"
