/** `make load`: one load test against a running platform, then the audit and a report. See README.md. */
import { run } from './lib/run.ts'

process.exitCode = await run(process.env, (line) => console.log(line))
