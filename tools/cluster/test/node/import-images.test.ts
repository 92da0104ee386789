import test from 'ava'

import { absent, imagesIn } from '../../src/node/import-images.ts'

const TABLE = `REF                        TYPE                                       DIGEST     SIZE    PLATFORMS   LABELS
docker.io/local/a:1        application/vnd.oci.image.manifest.v1+json sha256:aaa 1.0 MiB linux/amd64 -
docker.io/local/b:1        application/vnd.oci.image.manifest.v1+json sha256:bbb 2.0 MiB linux/amd64 -
`

test('reads names and digests from the table', (t) => {
  t.is(imagesIn(TABLE).get('docker.io/local/b:1'), 'sha256:bbb')
})

test('an image is absent when it is not there or has other contents', (t) => {
  const wanted = new Map([
    ['docker.io/local/a:1', 'sha256:aaa'],
    ['docker.io/local/b:1', 'sha256:new'],
    ['docker.io/local/c:1', 'sha256:ccc'],
  ])
  t.deepEqual(absent(wanted, imagesIn(TABLE)), ['docker.io/local/b:1', 'docker.io/local/c:1'])
})

test('an unknown digest fits whatever is there', (t) => {
  t.deepEqual(absent(new Map([['docker.io/local/a:1', undefined]]), imagesIn(TABLE)), [])
})
