/** The data types those resources are made of, in the notation of resources.ts. `any` are the types of ANY_TYPES. */
export const DATATYPES = `
  Meta < Element
    versionId:id lastUpdated:instant source:uri profile:canonical* security:Coding* tag:Coding*
  Narrative < Element
    status:code! div:xhtml!
  Extension < Element
    url:string!
    value[x]:any
  Identifier < Element
    use:code type:CodeableConcept system:uri value:string period:Period assigner:Reference
  CodeableConcept < Element
    coding:Coding* text:string
  Reference < Element
    reference:string type:uri identifier:Identifier display:string
  Period < Element
    start:dateTime end:dateTime
  HumanName < Element
    use:code text:string family:string given:string* prefix:string* suffix:string* period:Period
  ContactPoint < Element
    system:code value:string use:code rank:positiveInt period:Period
  Address < Element
    use:code type:code text:string line:string* city:string district:string state:string
    postalCode:string country:string period:Period
  Attachment < Element
    contentType:code language:code data:base64Binary url:url size:unsignedInt hash:base64Binary
    title:string creation:dateTime
  Coding < Element
    system:uri version:string code:code display:string userSelected:boolean
  Duration < Element
    value:decimal comparator:code unit:string system:uri code:code
  Quantity < Element
    value:decimal comparator:code unit:string system:uri code:code
  Range < Element
    low:Quantity high:Quantity
  Timing < BackboneElement
    event:dateTime* repeat:Timing.repeat code:CodeableConcept
  Timing.repeat < Element
    bounds[x]:Duration|Range|Period count:positiveInt countMax:positiveInt duration:decimal
    durationMax:decimal durationUnit:code frequency:positiveInt frequencyMax:positiveInt period:decimal
    periodMax:decimal periodUnit:code dayOfWeek:code* timeOfDay:time* when:code* offset:unsignedInt
  ContactDetail < Element
    name:string telecom:ContactPoint*
`

/** The types that a `value[x]` of any type may have here. */
export const ANY_TYPES =
  'boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt string time ' +
  'unsignedInt uri url uuid Address CodeableConcept Coding ContactPoint Duration HumanName Identifier Period ' +
  'Quantity Range Reference Timing'
