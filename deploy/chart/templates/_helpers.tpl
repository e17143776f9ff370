{{/* What the parts are, however they are set: name, ports, and which of them call them. */}}
{{- define "cohort.facts" -}}
gateway: { name: gateway, api: 8080, ops: 9464, calls: [personRoleService, provisioningService] }
personRoleService: { name: person-role-service, grpc: 50051, ops: 9465, calls: [] }
provisioningService: { name: provisioning-service, grpc: 50052, ops: 9466, calls: [personRoleService] }
embedded: { name: server, api: 8080, ops: 9464, calls: [] }
{{- end }}

{{/* The parts of this shape: for each its values with its facts. */}}
{{- define "cohort.parts" -}}
{{- $facts := include "cohort.facts" . | fromYaml -}}
{{- $keys := ternary (list "embedded") (list "gateway" "personRoleService" "provisioningService") (eq .Values.shape "embedded") -}}
{{- $parts := dict -}}
{{- range $key := $keys -}}
{{- $_ := set $parts $key (merge (dict "key" $key) (get $facts $key) (get $.Values $key)) -}}
{{- end -}}
{{- $parts | toYaml -}}
{{- end }}

{{- define "cohort.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 38 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 38 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* What a part's objects are called, and what selects its pods: (list context part). */}}
{{- define "cohort.name" -}}
{{- printf "%s-%s" (include "cohort.fullname" (index . 0)) (index . 1).name -}}
{{- end }}

{{- define "cohort.selector" -}}
app.kubernetes.io/name: {{ (index . 0).Chart.Name }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ (index . 1).name }}
{{- end }}

{{- define "cohort.labels" -}}
{{ include "cohort.selector" . }}
{{ include "cohort.common" (index . 0) }}
{{- end }}

{{- define "cohort.common" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: cohort
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "cohort.image" -}}
{{- $root := index . 0 -}}
{{- $image := (index . 1).image -}}
{{- $root.Values.image.registry }}{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}{{ end -}}
{{- end }}

{{/* The variable of a setting: http.trusted_proxies is COHORT_HTTP_TRUSTED_PROXIES. */}}
{{- define "cohort.variable" -}}
COHORT_{{ . | upper | replace "." "_" }}
{{- end }}

{{/* How many pods of a part there are at least. */}}
{{- define "cohort.least" -}}
{{- $keda := .keda | default dict -}}
{{- $scaling := .autoscaling | default dict -}}
{{- if $keda.enabled }}{{ $keda.minReplicas }}{{ else if $scaling.enabled }}{{ $scaling.minReplicas }}{{ else }}{{ .replicas | default 1 }}{{ end -}}
{{- end }}

{{/* How many there are at most. */}}
{{- define "cohort.most" -}}
{{- $keda := .keda | default dict -}}
{{- $scaling := .autoscaling | default dict -}}
{{- if $keda.enabled }}{{ $keda.maxReplicas }}{{ else if $scaling.enabled }}{{ $scaling.maxReplicas }}{{ else }}{{ .replicas | default 1 }}{{ end -}}
{{- end }}

{{/* "yes" if pods of a part cannot run beside each other, because of their volume. */}}
{{- define "cohort.alone" -}}
{{- $volume := .persistence | default dict -}}
{{- if or (eq .key "embedded") (and $volume.enabled (not (has "ReadWriteMany" $volume.accessModes))) }}yes{{ end -}}
{{- end }}

{{/* The Secret with a part's certificate, if the parts know each other by certificates: (list context part). */}}
{{- define "cohort.certificate" -}}
{{- $tls := (index . 0).Values.tls -}}
{{- if $tls.enabled }}{{ get $tls.secrets (index . 1).key }}{{ end -}}
{{- end }}
