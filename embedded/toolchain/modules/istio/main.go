// Renders one of Istio's own charts, which its module carries, for the embedded cluster: Helm alone would need the
// charts as files.
//
//	istio-charts <release> <namespace> <chart, such as istio-control/istio-discovery> < values.json
//
// Prints a JSON array of the objects.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/version"

	"istio.io/istio/operator/pkg/helm"
	"istio.io/istio/operator/pkg/values"
)

// The charts look at it for what the API server knows; see KUBERNETES in tools.ts.
var kubernetes = version.Info{Major: "1", Minor: "34", GitVersion: "v1.34.2"}

func main() {
	if err := render(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render() error {
	if len(os.Args) != 4 {
		return fmt.Errorf("usage: istio-charts <release> <namespace> <chart> < values.json")
	}
	var given map[string]any
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return fmt.Errorf("values: %w", err)
	}
	settings := values.Map{"spec": map[string]any{"values": given}}
	manifests, warnings, err := helm.Render(os.Args[1], os.Args[2], os.Args[3], settings, &kubernetes)
	if err != nil {
		return err
	}
	if warnings != nil {
		fmt.Fprintln(os.Stderr, warnings)
	}
	objects := make([]any, 0, len(manifests))
	for _, manifest := range manifests {
		objects = append(objects, manifest.Object)
	}
	return json.NewEncoder(os.Stdout).Encode(objects)
}
