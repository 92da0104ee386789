/**
 * k6's option to call from several addresses, for a platform on this machine's loopback. From one address to one port
 * there are 28,000 ports to call from, and beyond half of them the kernel walks through the other half for each new
 * connection: with 20,000 patients that took more of the processor than all of their requests. Elsewhere than on
 * Linux, and for platforms elsewhere, nothing.
 */
export function localAddresses(urls: readonly string[], platform: string = process.platform): string[] {
  const here = urls.every((url) => new URL(url).hostname === LOOPBACK)
  return here && platform === 'linux' ? ['--local-ips', `${LOOPBACK}-127.0.0.8`] : []
}

/** Linux has all of 127.0.0.0/8 without being told. */
const LOOPBACK = '127.0.0.1'
