import { CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'

import type { FhirPorts } from '../ports.ts'
import { appointmentRoutes } from './appointments.ts'
import { auditEventRoutes } from './audit-events.ts'
import { bookRoutes } from './book.ts'
import { readFhirBodies } from './bodies.ts'
import { bulkRoutes } from './bulk.ts'
import { directoryRoutes } from './directory.ts'
import { handleError } from './errors.ts'
import { findRoutes } from './find.ts'
import { formatOf } from './format.ts'
import { holdRoutes } from './hold.ts'
import { FHIR_PATH, queryOf } from './http.ts'
import { metadataRoutes } from './metadata.ts'
import { patientRoutes } from './patient.ts'
import { questionnaireRoutes } from './questionnaires.ts'
import { relatedPersonRoutes } from './related-person.ts'
import { responseRoutes } from './responses.ts'
import { slotRoutes } from './slots.ts'

/**
 * The FHIR R4 API under `/fhir/R4`: the service in the words of FHIR, IHE ITI Scheduling and SMART Scheduling Links. It
 * describes itself at `/fhir/R4/metadata`, so that its routes are not in the OpenAPI document.
 */
export async function registerFhir(parent: Service, ports: FhirPorts): Promise<void> {
  await parent.register(
    async (plain) => {
      const app = plain as unknown as Service
      readFhirBodies(app)
      app.decorateRequest('fhirFormat', 'json')
      // Before anything is done: what cannot be answered must have no effect.
      app.addHook('onRequest', (request, _reply, done) => {
        // Files of the publication have one form, which is not one of resources.
        const accept = request.url.startsWith(`${FHIR_PATH}/bulk/`) ? undefined : request.headers.accept
        request.fhirFormat = formatOf(accept, queryOf(request).get('_format') ?? undefined)
        done()
      })
      app.setErrorHandler(handleError)
      app.setNotFoundHandler((request, reply) => {
        handleError(new ProblemError(CommonErrors.NOT_FOUND), request, reply)
      })
      const routes = [
        metadataRoutes,
        directoryRoutes,
        slotRoutes,
        appointmentRoutes,
        findRoutes,
        holdRoutes,
        bookRoutes,
        responseRoutes,
        auditEventRoutes,
        patientRoutes,
        questionnaireRoutes,
        relatedPersonRoutes,
        bulkRoutes,
      ]
      for (const register of routes) register(app, ports)
    },
    { prefix: FHIR_PATH },
  )
}
