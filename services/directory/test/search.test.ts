import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import type { DoctorRecord } from '../src/schemas/doctor.ts'
import { clinic, doctor, plant, serviceType, specialty } from './helpers/network.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

const cardiology = specialty('Cardiology')
const nutrition = specialty('Nutrição')
const scan = serviceType({ name: 'Scan' })
const inVitoria = clinic({ name: 'Maruípe Clinic', neighbourhood: 'Maruípe' })
const inVilaVelha = clinic({ name: 'Harbour Clinic', city: 'Vila Velha' })
const inVitoriaPe = clinic({ name: 'River Clinic', city: 'Vitória', state: 'PE' })
const closed = clinic({ name: 'Hilltop Clinic', city: 'Serra', active: false })

const named = (name: string, rest: Partial<Parameters<typeof doctor>[0]> = {}) =>
  doctor({ name, specialtyId: cardiology.id, clinicIds: [inVitoria.id], ...rest })

const jacaranda = named('Dr. Jacarandá 001', { serviceIds: [scan.id] })
const joao = named('Dr. João Ipê 017', { specialtyId: nutrition.id, clinicIds: [inVilaVelha.id] })
const ipe = named('Dr. Ipê 016', { clinicIds: [inVilaVelha.id, inVitoriaPe.id] })
const elsewhere = named('Dr. Cedar 020', { clinicIds: [closed.id] })
const retired = named('Dr. Jacarandá 002', { active: false })
const crowd = Array.from({ length: 30 }, (_, index) => {
  // Many of the same name: pages must be told apart by more than the name.
  return named(`Dr. Willow ${Math.floor(index / 10)}`, { specialtyId: nutrition.id })
})

test.before(async () => {
  world = await createWorld(scope)
  await plant(world.database.pool, {
    specialties: [cardiology, nutrition],
    services: [scan],
    clinics: [inVitoria, inVilaVelha, inVitoriaPe, closed],
    doctors: [jacaranda, joao, ipe, elsewhere, retired, ...crowd],
  })
})

interface Page {
  items: DoctorRecord[]
  next: string | null
}

async function search(query: Record<string, string>): Promise<Page> {
  const answer = await world.app.inject({ url: '/v1/doctors', query })
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json<Page>()
}

const namesOf = ({ items }: Page) => items.map(({ name }) => name)

const finds = test.macro({
  exec: async (t, query: Record<string, string>, names: string[]) =>
    t.deepEqual(namesOf(await search(query)), names),
  title: (behaviour) => behaviour ?? 'finds',
})

test('finds a name whatever its accents', finds, { q: 'jacaranda' }, [jacaranda.name])
test('finds a name whatever its case', finds, { q: 'JACARANDÁ' }, [jacaranda.name])
test('finds a name written with combining accents', finds, { q: 'jacaranda\u0301' }, [jacaranda.name])
test('finds a name with two letters swapped', finds, { q: 'jacarnada' }, [jacaranda.name])
test('finds a name with a letter missing', finds, { q: 'jcaranda' }, [jacaranda.name])
test('finds a name by its beginning', finds, { q: 'jaca' }, [jacaranda.name])
test('finds a specialty with a letter too many', finds, { q: 'cardiollogy jacaranda' }, [jacaranda.name])
test('finds by specialty without accents', finds, { q: 'nutricao joao' }, [joao.name])
test('finds by neighbourhood with a wrong letter', finds, { q: 'maruipi jacaranda' }, [jacaranda.name])
test('finds by words in any order', finds, { q: '017 ipe joao' }, [joao.name])
test('leaves titles out', finds, { q: 'Dr. Jacarandá' }, [jacaranda.name])
test('takes a number by the letter', finds, { q: 'ipe 017' }, [joao.name])
test('all words must be met', finds, { q: 'jacaranda nutricao' }, [])
test('finds nothing for words nobody has', finds, { q: 'zzzzqqqq' }, [])
test(
  'patterns in a text are no patterns',
  finds,
  { q: '%_*', service: '00000000-0000-4000-8000-000000000000' },
  [],
)

test('filters by specialty', finds, { specialty: cardiology.id }, [elsewhere.name, ipe.name, jacaranda.name])
test('filters by service', finds, { service: scan.id }, [jacaranda.name])
test('filters by clinic', finds, { clinic: inVitoriaPe.id }, [ipe.name])
test('filters by city whatever its accents', finds, { city: 'vitoria', specialty: cardiology.id }, [
  ipe.name,
  jacaranda.name,
])
test('filters by state', finds, { state: 'pe' }, [ipe.name])
test('city and state must be met by the same clinic', finds, { city: 'vila velha', state: 'pe' }, [])
test('a closed clinic brings nobody to a city', finds, { city: 'Serra' }, [])
test('filters and text go together', finds, { q: 'ipe', city: 'vila velha', specialty: nutrition.id }, [
  joao.name,
])
test('an unknown specialty has no doctors', finds, { specialty: randomUUID() }, [])

test('leaves inactive doctors out', async (t) => {
  const { items } = await search({ q: 'jacaranda' })
  t.deepEqual(
    items.map(({ id }) => id),
    [jacaranda.id],
  )
})

test('shows what a patient chooses by', async (t) => {
  const { items } = await search({ q: 'joao' })
  t.deepEqual(items, [
    {
      id: joao.id,
      version: 1,
      active: true,
      name: joao.name,
      specialtyId: nutrition.id,
      specialtyName: 'Nutrição',
      languages: [],
      clinicIds: [inVilaVelha.id],
      clinics: [
        { id: inVilaVelha.id, name: 'Harbour Clinic', neighbourhood: null, city: 'Vila Velha', state: 'ES' },
      ],
      serviceIds: [],
      phone: null,
      phonePublic: false,
    },
  ])
})

test('the same word comes before a word that begins with it', async (t) => {
  const { items } = await search({ q: 'willow 1' })
  t.true(items.every(({ name }) => name === 'Dr. Willow 1'))
  const { items: begun } = await search({ q: '01' })
  t.deepEqual(
    begun.map(({ name }) => name),
    [ipe.name, joao.name],
  )
})

async function walk(query: Record<string, string>): Promise<{ ids: string[]; sizes: number[] }> {
  const ids: string[] = []
  const sizes: number[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Page = await search({ ...query, ...(cursor === undefined ? {} : { cursor }) })
    ids.push(...page.items.map(({ id }) => id))
    sizes.push(page.items.length)
    cursor = page.next
  }
  return { ids, sizes }
}

test('pages of a list meet without gap or duplicate', async (t) => {
  const { ids, sizes } = await walk({ limit: '7', specialty: nutrition.id })
  t.is(new Set(ids).size, 31)
  t.is(ids.length, 31)
  t.deepEqual(sizes, [7, 7, 7, 7, 3])
})

test('pages of a search meet without gap or duplicate', async (t) => {
  const { ids } = await walk({ limit: '4', q: 'wilow' })
  t.is(ids.length, 30)
  t.deepEqual(ids.toSorted(), crowd.map(({ id }) => id).toSorted())
})

test('a full last page has no next', async (t) => {
  const { next, items } = await search({ limit: '10', q: 'willow 2' })
  t.is(items.length, 10)
  t.is(next, null)
})

test('a doctor who comes in between pages moves nobody', async (t) => {
  const own = specialty()
  const doctors = ['b', 'c', 'd', 'e'].map((letter) =>
    doctor({ name: `Dr. ${letter}`, specialtyId: own.id, clinicIds: [inVilaVelha.id] }),
  )
  await plant(world.database.pool, { specialties: [own], doctors })
  const first = await search({ specialty: own.id, limit: '2' })
  const late = doctor({ name: 'Dr. a', specialtyId: own.id, clinicIds: [inVilaVelha.id] })
  await plant(world.database.pool, { doctors: [late] })
  const second = await search({ specialty: own.id, limit: '2', cursor: String(first.next) })
  t.deepEqual([...namesOf(first), ...namesOf(second)], ['Dr. b', 'Dr. c', 'Dr. d', 'Dr. e'])
})
