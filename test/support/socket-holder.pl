# Holds a listening socket as systemd does, and runs a program that takes it: socket-holder.pl HOST PORT|PATH -- COMMAND...
# SIGHUP restarts the program, SIGTERM ends it and us. The socket is never closed in between.
use strict;
use warnings;
use Socket;

my @where;
push @where, shift @ARGV while $ARGV[0] ne '--';
shift @ARGV;
my ($family, $address) =
  @where == 2 ? (AF_INET, pack_sockaddr_in($where[1], inet_aton($where[0]))) : (AF_UNIX, pack_sockaddr_un($where[0]));
$^F = 3;    # descriptors up to here are handed on to programs
open(my $third, '<', '/dev/null');
close($third) if fileno($third) == 3;
socket(my $socket, $family, SOCK_STREAM, 0) or die "socket: $!";
die 'the socket must be descriptor 3' if fileno($socket) != 3;
setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
umask 0;
bind($socket, $address) or die "bind: $!";
listen($socket, 4096) or die "listen: $!";

my ($child, $ending, $asked) = (0, 0, 0);
$SIG{TERM} = sub { $ending = 1; kill TERM => $child };
$SIG{HUP} = sub { kill TERM => $child };
until ($ending) {
  $child = fork;
  if ($child == 0) {
    @SIG{qw(TERM HUP)} = ('DEFAULT', 'DEFAULT');
    @ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, 1);
    exec @ARGV or exit 127;
  }
  1 while waitpid($child, 0) == -1 && $!{EINTR};
  select(undef, undef, undef, 0.3);    # nobody accepts for a while
}
