/**
 * The elements of the R4 resources that are spoken here, in the order XML wants them. A line `Name < Base` opens a
 * type; then `element:Type`, `!` for at least one, `*` for many, `name[x]:A|B` for a choice.
 */
export const RESOURCES = `
  Appointment < DomainResource
    identifier:Identifier* status:code! cancelationReason:CodeableConcept
    serviceCategory:CodeableConcept* serviceType:CodeableConcept* specialty:CodeableConcept*
    appointmentType:CodeableConcept reasonCode:CodeableConcept* reasonReference:Reference*
    priority:unsignedInt description:string supportingInformation:Reference* start:instant end:instant
    minutesDuration:positiveInt slot:Reference* created:dateTime comment:string
    patientInstruction:string basedOn:Reference* participant:Appointment.participant!*
    requestedPeriod:Period*
  Appointment.participant < BackboneElement
    type:CodeableConcept* actor:Reference required:code status:code! period:Period
  AppointmentResponse < DomainResource
    identifier:Identifier* appointment:Reference! start:instant end:instant
    participantType:CodeableConcept* actor:Reference participantStatus:code! comment:string
  AuditEvent < DomainResource
    type:Coding! subtype:Coding* action:code period:Period recorded:instant! outcome:code
    outcomeDesc:string purposeOfEvent:CodeableConcept* agent:AuditEvent.agent!*
    source:AuditEvent.source! entity:AuditEvent.entity*
  AuditEvent.agent < BackboneElement
    type:CodeableConcept role:CodeableConcept* who:Reference altId:string name:string
    requestor:boolean! location:Reference policy:uri* media:Coding network:AuditEvent.agent.network
    purposeOfUse:CodeableConcept*
  AuditEvent.agent.network < BackboneElement
    address:string type:code
  AuditEvent.source < BackboneElement
    site:string observer:Reference! type:Coding*
  AuditEvent.entity < BackboneElement
    what:Reference type:Coding role:Coding lifecycle:Coding securityLabel:Coding* name:string
    description:string query:base64Binary detail:AuditEvent.entity.detail*
  AuditEvent.entity.detail < BackboneElement
    type:string! value[x]:string|base64Binary
  Questionnaire < DomainResource
    url:uri identifier:Identifier* version:string name:string title:string derivedFrom:canonical*
    status:code! experimental:boolean subjectType:code* date:dateTime publisher:string
    contact:ContactDetail* description:markdown jurisdiction:CodeableConcept* purpose:markdown
    copyright:markdown approvalDate:date lastReviewDate:date effectivePeriod:Period code:Coding*
    item:Questionnaire.item*
  Questionnaire.item < BackboneElement
    linkId:string! definition:uri code:Coding* prefix:string text:string type:code!
    enableWhen:Questionnaire.item.enableWhen* enableBehavior:code required:boolean repeats:boolean
    readOnly:boolean maxLength:integer answerValueSet:canonical
    answerOption:Questionnaire.item.answerOption* initial:Questionnaire.item.initial*
    item:Questionnaire.item*
  Questionnaire.item.enableWhen < BackboneElement
    question:string! operator:code!
    answer[x]:boolean|decimal|integer|date|dateTime|time|string|Coding|Quantity|Reference
  Questionnaire.item.answerOption < BackboneElement
    value[x]:integer|date|time|string|Coding|Reference
    initialSelected:boolean
  Questionnaire.item.initial < BackboneElement
    value[x]:boolean|decimal|integer|date|dateTime|time|string|uri|Attachment|Coding|Quantity|Reference
  QuestionnaireResponse < DomainResource
    identifier:Identifier basedOn:Reference* partOf:Reference* questionnaire:canonical status:code!
    subject:Reference encounter:Reference authored:dateTime author:Reference source:Reference
    item:QuestionnaireResponse.item*
  QuestionnaireResponse.item < BackboneElement
    linkId:string! definition:uri text:string answer:QuestionnaireResponse.item.answer*
    item:QuestionnaireResponse.item*
  QuestionnaireResponse.item.answer < BackboneElement
    value[x]:boolean|decimal|integer|date|dateTime|time|string|uri|Attachment|Coding|Quantity|Reference
    item:QuestionnaireResponse.item*
  Slot < DomainResource
    identifier:Identifier* serviceCategory:CodeableConcept* serviceType:CodeableConcept*
    specialty:CodeableConcept* appointmentType:CodeableConcept schedule:Reference! status:code!
    start:instant! end:instant! overbooked:boolean comment:string
  Schedule < DomainResource
    identifier:Identifier* active:boolean serviceCategory:CodeableConcept* serviceType:CodeableConcept*
    specialty:CodeableConcept* actor:Reference!* planningHorizon:Period comment:string
  Practitioner < DomainResource
    identifier:Identifier* active:boolean name:HumanName* telecom:ContactPoint* address:Address*
    gender:code birthDate:date photo:Attachment* qualification:Practitioner.qualification*
    communication:CodeableConcept*
  Practitioner.qualification < BackboneElement
    identifier:Identifier* code:CodeableConcept! period:Period issuer:Reference
  PractitionerRole < DomainResource
    identifier:Identifier* active:boolean period:Period practitioner:Reference organization:Reference
    code:CodeableConcept* specialty:CodeableConcept* location:Reference* healthcareService:Reference*
    telecom:ContactPoint* availableTime:PractitionerRole.availableTime*
    notAvailable:PractitionerRole.notAvailable* availabilityExceptions:string endpoint:Reference*
  PractitionerRole.availableTime < BackboneElement
    daysOfWeek:code* allDay:boolean availableStartTime:time availableEndTime:time
  PractitionerRole.notAvailable < BackboneElement
    description:string! during:Period
  HealthcareService < DomainResource
    identifier:Identifier* active:boolean providedBy:Reference offeredIn:Reference*
    category:CodeableConcept* type:CodeableConcept* specialty:CodeableConcept* location:Reference*
    name:string comment:string extraDetails:markdown photo:Attachment telecom:ContactPoint*
    coverageArea:Reference* serviceProvisionCode:CodeableConcept*
    eligibility:HealthcareService.eligibility* program:CodeableConcept* characteristic:CodeableConcept*
    communication:CodeableConcept* referralMethod:CodeableConcept* appointmentRequired:boolean
    availableTime:HealthcareService.availableTime* notAvailable:HealthcareService.notAvailable*
    availabilityExceptions:string endpoint:Reference*
  HealthcareService.eligibility < BackboneElement
    code:CodeableConcept comment:markdown
  HealthcareService.availableTime < BackboneElement
    daysOfWeek:code* allDay:boolean availableStartTime:time availableEndTime:time
  HealthcareService.notAvailable < BackboneElement
    description:string! during:Period
  Location < DomainResource
    identifier:Identifier* status:code operationalStatus:Coding name:string alias:string*
    description:string mode:code type:CodeableConcept* telecom:ContactPoint* address:Address
    physicalType:CodeableConcept position:Location.position managingOrganization:Reference
    partOf:Reference hoursOfOperation:Location.hoursOfOperation* availabilityExceptions:string
    endpoint:Reference*
  Location.position < BackboneElement
    longitude:decimal! latitude:decimal! altitude:decimal
  Location.hoursOfOperation < BackboneElement
    daysOfWeek:code* allDay:boolean openingTime:time closingTime:time
  Patient < DomainResource
    identifier:Identifier* active:boolean name:HumanName* telecom:ContactPoint* gender:code
    birthDate:date deceased[x]:boolean|dateTime address:Address* maritalStatus:CodeableConcept
    multipleBirth[x]:boolean|integer photo:Attachment* contact:Patient.contact*
    communication:Patient.communication* generalPractitioner:Reference* managingOrganization:Reference
    link:Patient.link*
  Patient.contact < BackboneElement
    relationship:CodeableConcept* name:HumanName telecom:ContactPoint* address:Address gender:code
    organization:Reference period:Period
  Patient.communication < BackboneElement
    language:CodeableConcept! preferred:boolean
  Patient.link < BackboneElement
    other:Reference! type:code!
  RelatedPerson < DomainResource
    identifier:Identifier* active:boolean patient:Reference! relationship:CodeableConcept*
    name:HumanName* telecom:ContactPoint* gender:code birthDate:date address:Address*
    photo:Attachment* period:Period communication:RelatedPerson.communication*
  RelatedPerson.communication < BackboneElement
    language:CodeableConcept! preferred:boolean
  Bundle < Resource
    identifier:Identifier type:code! timestamp:instant total:unsignedInt link:Bundle.link*
    entry:Bundle.entry*
  Bundle.link < BackboneElement
    relation:string! url:uri!
  Bundle.entry < BackboneElement
    link:Bundle.link* fullUrl:uri resource:Resource search:Bundle.entry.search
    request:Bundle.entry.request response:Bundle.entry.response
  Bundle.entry.search < BackboneElement
    mode:code score:decimal
  Bundle.entry.request < BackboneElement
    method:code! url:uri! ifNoneMatch:string ifModifiedSince:instant ifMatch:string ifNoneExist:string
  Bundle.entry.response < BackboneElement
    status:string! location:uri etag:string lastModified:instant outcome:OperationOutcome
  OperationOutcome < DomainResource
    issue:OperationOutcome.issue!*
  OperationOutcome.issue < BackboneElement
    severity:code! code:code! details:CodeableConcept diagnostics:string location:string*
    expression:string*
  Parameters < Resource
    parameter:Parameters.parameter*
  Parameters.parameter < BackboneElement
    name:string!
    value[x]:any
    resource:Resource part:Parameters.parameter*
  CapabilityStatement < DomainResource
    url:uri version:string name:string title:string status:code! experimental:boolean date:dateTime!
    publisher:string contact:ContactDetail* description:markdown jurisdiction:CodeableConcept*
    purpose:markdown copyright:markdown kind:code! instantiates:canonical* imports:canonical*
    software:CapabilityStatement.software implementation:CapabilityStatement.implementation
    fhirVersion:code! format:code!* patchFormat:code* implementationGuide:canonical*
    rest:CapabilityStatement.rest*
  CapabilityStatement.software < BackboneElement
    name:string! version:string releaseDate:dateTime
  CapabilityStatement.implementation < BackboneElement
    description:string! url:url custodian:Reference
  CapabilityStatement.rest < BackboneElement
    mode:code! documentation:markdown security:CapabilityStatement.rest.security
    resource:CapabilityStatement.rest.resource* interaction:CapabilityStatement.rest.interaction*
    searchParam:CapabilityStatement.rest.resource.searchParam*
    operation:CapabilityStatement.rest.resource.operation* compartment:canonical*
  CapabilityStatement.rest.security < BackboneElement
    cors:boolean service:CodeableConcept* description:markdown
  CapabilityStatement.rest.resource < BackboneElement
    type:code! profile:canonical supportedProfile:canonical* documentation:markdown
    interaction:CapabilityStatement.rest.resource.interaction* versioning:code readHistory:boolean
    updateCreate:boolean conditionalCreate:boolean conditionalRead:code conditionalUpdate:boolean
    conditionalDelete:code referencePolicy:code* searchInclude:string* searchRevInclude:string*
    searchParam:CapabilityStatement.rest.resource.searchParam*
    operation:CapabilityStatement.rest.resource.operation*
  CapabilityStatement.rest.resource.interaction < BackboneElement
    code:code! documentation:markdown
  CapabilityStatement.rest.resource.searchParam < BackboneElement
    name:string! definition:canonical type:code! documentation:markdown
  CapabilityStatement.rest.resource.operation < BackboneElement
    name:string! definition:canonical! documentation:markdown
  CapabilityStatement.rest.interaction < BackboneElement
    code:code! documentation:markdown
`
