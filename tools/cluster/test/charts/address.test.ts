import test from 'ava'

import { addressOf, type IngressObject } from '../../src/charts/address.ts'

function ingress(host: string | undefined, tls: boolean, at?: object): IngressObject {
  const rules = [host === undefined ? {} : { host }]
  const loadBalancer = at === undefined ? {} : { ingress: [at] }
  return { spec: { rules, ...(tls ? { tls: [{}] } : {}) }, status: { loadBalancer } }
}

test('tells the public address, and where its name must lead', (t) => {
  const object = ingress('book.example.org', true, { hostname: 'nlb.example.com' })
  t.is(addressOf([object], 'https://book.example.org'), 'https://book.example.org (at nlb.example.com)')
})

test('the address of the controller itself needs no name', (t) => {
  t.is(addressOf([ingress(undefined, false, { ip: '10.0.0.7' })], undefined), 'http://10.0.0.7')
  t.is(
    addressOf([ingress(undefined, false, { ip: '127.0.0.1' })], 'http://127.0.0.1:8000'),
    'http://127.0.0.1:8000',
  )
})

test('says when no controller has taken the ingress yet', (t) => {
  t.regex(
    addressOf([ingress('medqueue.local', false)], 'http://medqueue.local'),
    /^http:\/\/medqueue\.local \(no /,
  )
  t.is(addressOf([ingress(undefined, false)], undefined), 'not known yet')
})

test('says when there is no ingress', (t) => {
  t.regex(addressOf([], 'https://book.example.org'), /^none, .*https:\/\/book\.example\.org to the gateway$/)
})
