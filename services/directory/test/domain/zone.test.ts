import test from 'ava'

import { isZone } from '../../src/domain/zone.ts'

test('IANA names are zones, offsets and inventions are not', (t) => {
  t.true(isZone('America/Sao_Paulo'))
  t.true(isZone('UTC'))
  t.false(isZone('+03:00'))
  t.false(isZone('America/Atlantis'))
  t.false(isZone(''))
})
