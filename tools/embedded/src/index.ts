/**
 * Vocabulary. Platform: every server and service on this machine, below one data folder. Process: one of them, kept
 * running by us. Layout: the ports and URLs of a platform. Seed: the demonstration data of a service.
 */
export { platformEnvironment, type Surroundings } from './environment.ts'
export { freePortsOffset } from './free-offset.ts'
export { layoutOf, type Layout, type PlatformUrls } from './layout.ts'
export type { PlatformOptions } from './options.ts'
export { type Platform, startPlatform } from './platform.ts'
export { type PlatformFile, platformFileIn, readPlatformFile } from './platform-file.ts'
export type { Secrets } from './secrets.ts'
export { CHOSEN, chosenServices, migrationFolders, ROOT, seedPrograms } from './services.ts'
export { demoLogins } from './summary.ts'
