export { allAppImages, type AppImage, appImages, serverReference } from './catalog.ts'
export { type ImageManifest, readManifest } from './manifest.ts'
