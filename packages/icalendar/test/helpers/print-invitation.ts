/** Prints an invitation: run under several zones of the server, to compare. */
import { invitation } from '../../src/index.ts'
import { parties, visit } from './visits.ts'

process.stdout.write(invitation(visit(), parties).body)
