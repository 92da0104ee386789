/**
 * Loaded into ava before it starts. Its TAP reporter writes an error's properties as YAML and gives up on those that are
 * undefined, as most of an error from PostgreSQL are: the run ended there, without a word of which test had failed.
 */
import { createRequire } from 'node:module'

type Dump = (value: unknown, options?: object) => string

const yaml = createRequire(import.meta.resolve('supertap'))('js-yaml') as { safeDump: Dump }
const { safeDump } = yaml
yaml.safeDump = (value, options) => safeDump(value, { ...options, skipInvalid: true })
