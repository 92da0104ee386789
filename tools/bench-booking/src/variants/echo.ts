/** (a) Fastify alone: parses the body and sends it back. The ceiling of one Node process. */
import { fastify } from 'fastify'

const app = fastify()
app.post('/v1/appointments', async (request, reply) => reply.code(201).send(request.body))
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
