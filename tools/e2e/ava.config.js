/** One behaviour after the other, in the order of their numbers: there is one cluster, and most of them disturb it. */
export default {
  extensions: ['ts'],
  files: ['cluster/*.e2e.ts'],
  concurrency: 1,
  serial: true,
  sortTestFiles: (a, b) => (a < b ? -1 : 1),
  // Each behaviour has a limit of its own; this one is for a process that hangs.
  timeout: '30m',
}
