// Which network addresses a workflow may reach: public ones. What is on this machine, in the private network or in the
// cloud provider's own network is not for whoever can type a URL. The ranges are those of IANA's special-purpose
// address registries (RFC 6890 and successors).
import { BlockList, isIP } from 'node:net'

const refused4 = blockList('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // The host agent of Azure's virtual machines, a public address that answers only from inside.
  ['168.63.129.16', 32],
])

/** Only 2000::/3 is given out to the public; these are its exceptions. */
const public6 = blockList('ipv6', [['2000::', 3]])
const refused6 = blockList('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])
/** Whether an IP address, with or without brackets, belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(bare)
  if (family === 4) return !refused4.check(bare, 'ipv4')
  // An address with a zone (fe80::1%eth0) belongs to a link.
  if (family !== 6 || bare.includes('%')) return false
  const inside = carried(bare)
  if (inside !== undefined) return !refused4.check(inside, 'ipv4')
  return public6.check(bare, 'ipv6') && !refused6.check(bare, 'ipv6')
}

/** The IPv4 address in an IPv6 one that leads to it: mapped (::ffff:0:0/96), or translated by NAT64 (64:ff9b::/96). */
function carried(address: string): string | undefined {
  // The URL parser writes every spelling in the same way: hexadecimal, compressed.
  const [left = '', right] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right ? right.split(':') : []
  const words = [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail].map((word) =>
    Number.parseInt(word, 16),
  )
  const prefix = words.slice(0, 6).join(':')
  if (prefix !== mappedPrefix && prefix !== nat64Prefix) return undefined
  return words
    .slice(6)
    .flatMap((word) => [word >> 8, word & 255])
    .join('.')
}

const mappedPrefix = [0, 0, 0, 0, 0, 0xffff].join(':')
const nat64Prefix = [0x64, 0xff9b, 0, 0, 0, 0].join(':')

function blockList(family: 'ipv4' | 'ipv6', ranges: [string, number][]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, family)
  return list
}
