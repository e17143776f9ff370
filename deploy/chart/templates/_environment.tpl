{{/* The variables of a part: (list context part). What is set for it wins over what is set for all. */}}
{{- define "cohort.environment" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $facts := include "cohort.facts" $root | fromYaml -}}
{{- $own := dict "ops.listen" (printf "0.0.0.0:%d" (int $part.ops)) -}}
{{- with $part.api }}{{ $_ := set $own "listen" (printf "0.0.0.0:%d" (int .)) }}{{ end -}}
{{- with $part.grpc }}{{ $_ := set $own "grpc.listen" (printf "0.0.0.0:%d" (int .)) }}{{ end -}}
{{- if hasKey $part "persistence" }}{{ $_ := set $own "data" "/var/lib/cohort" }}{{ end -}}
{{- range $part.calls -}}
{{- $callee := get $facts . -}}
{{- $setting := printf "%s.url" ($callee.name | trimSuffix "-service" | replace "-" "_") -}}
{{- $scheme := ternary "https" "http" $root.Values.tls.enabled -}}
{{- $_ := set $own $setting (printf "%s://%s:%d" $scheme (include "cohort.name" (list $root $callee)) (int $callee.grpc)) -}}
{{- end -}}
{{- if include "cohort.certificate" (list $root $part) -}}
{{- $_ := set $own "tls.ca" "/run/secrets/tls/ca.crt" -}}
{{- $_ := set $own "tls.certificate" "/run/secrets/tls/tls.crt" -}}
{{- $_ := set $own "tls.key" "/run/secrets/tls/tls.key" -}}
{{- end -}}
{{- range $setting, $value := mergeOverwrite $own $root.Values.settings $part.settings }}
- name: {{ include "cohort.variable" $setting }}
  value: {{ kindIs "float64" $value | ternary (int64 $value) $value | toString | quote }}
{{- end }}
{{- range $setting, $key := $part.secrets }}
- name: {{ include "cohort.variable" $setting }}_FILE
  value: {{ printf "/run/secrets/cohort/%s" $key | quote }}
{{- end }}
{{- with $part.env }}
{{ toYaml . }}
{{- end }}
{{- end }}
