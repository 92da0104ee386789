{{/* Name of everything in this release, at most 40 characters so that suffixes fit. */}}
{{- define "operator.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "operator.version" -}}
{{- default .Chart.AppVersion .Values.image.tag -}}
{{- end -}}

{{/* Labels that never change, for selectors. Takes {root, component}. */}}
{{- define "operator.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of every object. Takes {root, component}. */}}
{{- define "operator.labels" -}}
{{ include "operator.selectorLabels" . }}
app.kubernetes.io/part-of: medqueue
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ include "operator.version" .root | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Image of a controller. Takes {root, name, image}: a digest wins over a tag. */}}
{{- define "operator.image" -}}
{{- $ours := .root.Values.image -}}
{{- $place := printf "%s/%s" $ours.registry (default (printf "%s-%s" $ours.repository .name) .image.repository) -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $place .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $place (default (include "operator.version" .root) .image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Requests and limits. Takes {root, resources}; without local storage where the nodes do not account for it. */}}
{{- define "operator.resources" -}}
{{- $resources := deepCopy .resources -}}
{{- if not .root.Values.ephemeralStorage -}}
{{- range $kind := list "requests" "limits" -}}
{{- if hasKey $resources $kind -}}{{- $_ := unset (index $resources $kind) "ephemeral-storage" -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}
