import test from 'ava'

import { GO_PROGRAMS, programNamed } from '../../src/programs/catalog.ts'
import { linkerFlags, moduleFile } from '../../src/programs/module-file.ts'

const program = {
  name: 'p',
  module: 'm.example/p',
  version: 'v1.2.3',
  package: 'm.example/p/cmd/p',
  usualSeconds: 1,
}

test('requires the module at its version with its own Go', (t) => {
  const text = moduleFile(program, { Go: '1.24.0', Godebug: [{ Key: 'default', Value: 'go1.24' }] })
  t.regex(text, /^module medqueue\.dev\/build\/p$/m)
  t.regex(text, /^go 1\.24\.0$/m)
  t.regex(text, /^godebug default=go1\.24$/m)
  t.regex(text, /^require m\.example\/p v1\.2\.3$/m)
})

test('carries a replacement by another module over, with or without a version on its left', (t) => {
  const text = moduleFile(program, {
    Replace: [
      { Old: { Path: 'a.example/a' }, New: { Path: 'b.example/b', Version: 'v2.0.0' } },
      { Old: { Path: 'c.example/c', Version: 'v1.0.0' }, New: { Path: 'd.example/d', Version: 'v1.0.1' } },
    ],
  })
  t.regex(text, /^replace a\.example\/a => b\.example\/b v2\.0\.0$/m)
  t.regex(text, /^replace c\.example\/c v1\.0\.0 => d\.example\/d v1\.0\.1$/m)
})

test('drops a replacement by a folder', (t) => {
  const text = moduleFile(program, { Replace: [{ Old: { Path: 'a.example/a' }, New: { Path: '../a' } }] })
  t.notRegex(text, /replace/)
})

test('puts the staging version in place of a folder of the tree', (t) => {
  const theirs = { Replace: [{ Old: { Path: 'k8s.io/api' }, New: { Path: './staging/src/k8s.io/api' } }] }
  const text = moduleFile(programNamed('kubelet'), theirs)
  t.regex(text, /^replace k8s\.io\/api => k8s\.io\/api v0\.34\.4$/m)
})

test('stamps the version into programs of Kubernetes', (t) => {
  t.regex(linkerFlags(programNamed('kubectl')), /-X k8s\.io\/component-base\/version\.gitVersion=v1\.34\.4/)
  t.is(linkerFlags(program), '-s -w')
})

test('knows each program by one name and refuses others with the list', (t) => {
  const names = GO_PROGRAMS.map(({ name }) => name)
  t.is(new Set(names).size, names.length)
  const error = t.throws(() => programNamed('nothing'), { instanceOf: RangeError })
  t.regex(error.message, /known are kubectl, helm/)
})
