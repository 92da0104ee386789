import test from 'ava'

import { foldEmail } from '../../src/domain/email.ts'
import { etagOf, ifMatchAllows } from '../../src/domain/etag.ts'
import { COMMON_PASSWORDS } from '../../src/domain/common-passwords.ts'
import { normalisePassword, PASSWORD_LENGTH, passwordFault } from '../../src/domain/password-rules.ts'
import { applyPatch, type User } from '../../src/domain/users.ts'

const matches = test.macro((t, header: string, expected: boolean) => {
  t.is(ifMatchAllows(header, 7), expected)
})

test('the same tag matches', matches, etagOf(7), true)
test('a star matches', matches, '*', true)
test('one of a list matches', matches, '"5", "7"', true)
test('another tag does not match', matches, '"8"', false)
test('a weak tag does not match', matches, 'W/"7"', false)
test('a bare number does not match', matches, '7', false)
test('nothing does not match', matches, '', false)

test('folding an address twice is folding it once', (t) => {
  for (const address of ['Ana@Example.ORG', ' ana@example.org ', 'ＡＮＡ@example.org', 'İ@example.org']) {
    t.is(foldEmail(foldEmail(address)), foldEmail(address), address)
  }
  t.is(foldEmail('ＡＮＡ@Example.ORG '), 'ana@example.org')
})

const owner = { email: 'ana.lima@example.org', displayName: 'Ana Lima' }

test('a password is judged without regard to case or width', (t) => {
  t.truthy(passwordFault('PassWord1', owner))
  t.truthy(passwordFault('ｐａｓｓｗｏｒｄ１', owner))
  t.truthy(passwordFault('ana.lima', owner))
  t.is(passwordFault('four plain words here', owner), undefined)
})

test('two ways of typing a letter give one password', (t) => {
  t.is(normalisePassword('cafe\u0301-com-leite'), normalisePassword('caf\u00e9-com-leite'))
})

test('the list of common passwords holds only what the length would let through', (t) => {
  for (const password of COMMON_PASSWORDS) {
    t.true(password.length >= PASSWORD_LENGTH.min, password)
    t.is(password, password.toLowerCase())
  }
})

const person: User = {
  id: '0b9d8a52-7d0c-4b5c-9a5e-3f0f4b1c2d3e',
  email: owner.email,
  displayName: owner.displayName,
  roles: ['patient', 'admin'],
  active: true,
  version: 3,
  createdAt: new Date(0),
  updatedAt: new Date(0),
}
const now = new Date('2027-03-01T00:00:00Z')

test('a change raises the version by one', (t) => {
  t.like(applyPatch(person, { displayName: 'Ana' }, now), {
    changed: true,
    user: { version: 4, updatedAt: now },
  })
})

test('no change leaves the user as it is', (t) => {
  t.like(applyPatch(person, { roles: ['admin', 'patient'] }, now), { changed: false, user: person })
})

test('taking the role and deactivating both end an admin', (t) => {
  t.true(applyPatch(person, { roles: ['patient'] }, now).losesAdmin)
  t.true(applyPatch(person, { active: false }, now).losesAdmin)
  t.false(applyPatch(person, { displayName: 'Ana' }, now).losesAdmin)
})
