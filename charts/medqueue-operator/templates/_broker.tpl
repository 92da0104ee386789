{{/* Base URL of the broker's monitoring. That of a broker that this chart does not know must be said. */}}
{{- define "operator.monitorUrl" -}}
{{- $nats := .Values.nats -}}
{{- if $nats.monitorUrl -}}
{{- $nats.monitorUrl -}}
{{- else if and $nats.url (not (regexMatch "^nats://medqueue-nats\\.medqueue(\\.svc(\\.cluster\\.local)?)?(:4222)?/?$" $nats.url)) -}}
{{- fail "nats.monitorUrl must be set when nats.url names another broker than that of the chart medqueue: controllers see there that it syncs each write" -}}
{{- else -}}
http://medqueue-nats.medqueue:8222
{{- end -}}
{{- end -}}

{{/*
Peers of the broker, as in a NetworkPolicy. The default ones are pods, so they hold for a Service of this cluster only: a
name of one part or two, or one with `svc`.
*/}}
{{- define "operator.natsPeers" -}}
{{- $peers := .Values.networkPolicy.nats.to -}}
{{- $pods := dict "podSelector" (dict "matchLabels" (dict "app.kubernetes.io/component" "nats")) "namespaceSelector" dict -}}
{{- if eq (toJson $peers) (toJson (list $pods)) -}}
{{- range $url := list .Values.nats.url .Values.nats.monitorUrl -}}
{{- $host := regexReplaceAll "^[a-z]+://(\\[[^\\]]*\\]|[^:/,]+).*$" $url "${1}" -}}
{{- if and $host (not (regexMatch "^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+(\\.svc(\\..+)?)?)?$" $host)) -}}
{{- fail (printf "networkPolicy.nats.to must name the broker at %s, such as by an ipBlock: without it only pods of this cluster are reached" $host) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $peers -}}
{{- end -}}
