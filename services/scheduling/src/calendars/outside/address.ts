import ipaddr from 'ipaddr.js'

/** Addresses in public ranges that are a cloud's own: Azure answers machines about themselves there. */
const DENIED = new Set(['168.63.129.16'])

/**
 * True for an address of the public Internet: not this machine, not a private, shared or link-local network (where
 * clouds tell machines their secrets), not multicast or reserved, and no IPv6 form of an IPv4 address, which could hide
 * one of those.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  return ipaddr.parse(address).range() === 'unicast' && !DENIED.has(address)
}
