import { defineErrors } from '@medqueue/service-kit'

/** The coded errors of the FHIR API alone. They are told as OperationOutcomes, as all the others are there. */
export const FhirErrors = defineErrors('BOOKING_FHIR', {
  BOOKING_FHIR_INVALID: {
    status: 400,
    title: 'The request is not valid FHIR R4, or not what this server takes',
    hint: 'Correct the element or the parameter that `expression` names.',
  },
  BOOKING_FHIR_NOT_SUPPORTED: {
    status: 422,
    title: 'This server does not do that',
    hint: 'Read the CapabilityStatement at /fhir/R4/metadata.',
  },
  BOOKING_FHIR_NOT_ACCEPTABLE: {
    status: 406,
    title: 'None of the accepted formats is spoken here',
    hint: 'Accept application/fhir+json or application/fhir+xml.',
  },
  BOOKING_FHIR_PATIENT_FORBIDDEN: {
    status: 403,
    title: 'You may ask for your own record only',
    hint: 'Leave the patient out, or ask the front desk.',
  },
})
