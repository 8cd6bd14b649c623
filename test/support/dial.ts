/** Scripts for sandboxes that try to reach addresses, by every means that they have: Perl is in each image. */

const SETUP = `use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6); $| = 1; use Errno;
  sub address { my ($ip, $port) = @_;
    $ip =~ /:/ ? (AF_INET6, pack_sockaddr_in6($port, inet_pton(AF_INET6, $ip))) : (AF_INET, pack_sockaddr_in($port, inet_aton($ip))) }
  sub told { my ($name) = grep { $!{$_} } qw(ECONNREFUSED ENETUNREACH EHOSTUNREACH EPERM EACCES EINVAL EADDRNOTAVAIL EAFNOSUPPORT); $name // "$!" }
`;

/** What each outcome is called: `reached`, `nothing` where nobody said anything in time, or the name of an error. */
export type Outcomes = Record<string, string>;

/** Connects to each by TCP; prints a line `ADDRESS OUTCOME` for each. */
export const dialAll = (addresses: readonly string[], port: number) =>
  perl(
    `for my $ip (@ARGV) {
      my ($family, $to) = address($ip, ${port});
      socket(my $socket, $family, SOCK_STREAM, 0) or do { print "$ip ", told(), "\\n"; next };
      my $outcome = eval { local $SIG{ALRM} = sub { die "late" }; alarm 4;
        my $done = connect($socket, $to) ? (sysread($socket, my $bytes, 99) ? "reached" : "closed") : told(); alarm 0; $done } // "nothing";
      print "$ip $outcome\\n" }`,
    addresses,
  );

/** Sends each a datagram, and waits for what comes back, which is an answer or an error; or does not wait. */
export const sendAll = (addresses: readonly string[], port: number, { wait = true } = {}) =>
  perl(
    `for my $ip (@ARGV) {
      my ($family, $to) = address($ip, ${port});
      my $socket;
      socket($socket, $family, SOCK_DGRAM, 0) && connect($socket, $to) && send($socket, "hello", 0)
        or do { print "$ip ", told(), "\\n"; next };
      ${wait ? '' : 'print "$ip sent\\n"; next;'}
      my $outcome = eval { local $SIG{ALRM} = sub { die "late" }; alarm 2;
        my $done = sysread($socket, my $bytes, 99) ? "reached" : told(); alarm 0; $done } // "nothing";
      print "$ip $outcome\\n" }`,
    addresses,
  );

/** Sends each a raw packet of an IP protocol; of ICMP (1) an echo request. It waits for nothing. */
export const throwAll = (addresses: readonly string[], protocol: number) =>
  perl(
    `for my $ip (@ARGV) {
      my ($family, $to) = address($ip, 0);
      my $socket;
      socket($socket, $family, SOCK_RAW, ${protocol}) && send($socket, pack("CCnnn", 8, 0, 0xf7ff, 0, 0), 0, $to)
        ? print "$ip sent\\n" : print "$ip ", told(), "\\n" }`,
    addresses,
  );

export function outcomes(out: string): Outcomes {
  return Object.fromEntries(
    out
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
}

/** The same outcome for all. */
export const all = (addresses: readonly string[], outcome: string): Outcomes =>
  Object.fromEntries(addresses.map((address) => [address, outcome]));

const perl = (program: string, args: readonly string[]) =>
  `perl -e '${(SETUP + program).replaceAll("'", `'\\''`)}' ${args.join(' ')}`;
