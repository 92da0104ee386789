import { DatabaseError } from '@medqueue/database'
import { ServerError } from '@medqueue/servers'
import test from 'ava'

import { explain, portsOffsetOf } from '../src/command.ts'

test('what a user can mend is one line', (t) => {
  t.is(explain(new ServerError('SERVERS_PORT_TAKEN', 'Port 8080 is taken.')), 'Port 8080 is taken.')
  t.regex(
    explain(new DatabaseError('MIGRATION_CHANGED', '0001_x.sql was edited')),
    /^0001_x\.sql.*RESET=1.*$/,
  )
})

test('a mistake of ours comes with its stack', (t) => {
  t.regex(explain(new TypeError('oops')), /TypeError: oops\n +at /)
})

test('an offset that is no number is refused by name', (t) => {
  t.is(portsOffsetOf({ PORTS_OFFSET: '1000' }), 1_000)
  t.is(portsOffsetOf({}), 0)
  t.throws(() => portsOffsetOf({ PORTS_OFFSET: 'many' }), { message: /^PORTS_OFFSET=many/ })
})
