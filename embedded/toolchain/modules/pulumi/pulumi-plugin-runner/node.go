package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// The SDK brings a program for each kind of plugin; that for policy packs wants the CLI's arguments first.
func commandOf(stream grpc.ServerStream, request *pulumirpc.RunPluginRequest) (*exec.Cmd, error) {
	program := request.GetInfo().GetProgramDirectory()
	runner, args := "run-plugin", append([]string{program}, request.GetArgs()...)
	if request.GetKind() == "analyzer" {
		runner, args = "run-policy-pack", append(request.GetArgs(), program)
	}
	path, err := findModule(program, filepath.Join("@pulumi", "pulumi", "cmd", runner, "index.js"))
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(stream.Context(), "node", append([]string{path}, args...)...)
	command.Dir = program
	command.Env = request.GetEnv()
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return command, nil
}

// Looks where Node looks: in the node_modules of a folder and of those above it.
func findModule(folder, module string) (string, error) {
	for at := folder; ; at = filepath.Dir(at) {
		path := filepath.Join(at, "node_modules", module)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%s has no %s in its node_modules; run npm install there", folder, module)
		}
	}
}

// Messages as they are on the wire.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(message any) ([]byte, error) { return *message.(*[]byte), nil }

func (bytesCodec) Unmarshal(data []byte, message any) error {
	*message.(*[]byte) = append([]byte{}, data...)
	return nil
}

// Both outputs of a plugin write to one stream, which takes one message at a time.
type answers struct {
	mutex  sync.Mutex
	stream grpc.ServerStream
}

func (a *answers) send(answer *pulumirpc.RunPluginResponse) error {
	body, err := proto.Marshal(answer)
	if err != nil {
		return err
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.stream.SendMsg(&body)
}

type stdout struct{ *answers }

func (out stdout) Write(line []byte) (int, error) {
	output := &pulumirpc.RunPluginResponse_Stdout{Stdout: line}
	return len(line), out.send(&pulumirpc.RunPluginResponse{Output: output})
}

type stderr struct{ *answers }

func (out stderr) Write(line []byte) (int, error) {
	output := &pulumirpc.RunPluginResponse_Stderr{Stderr: line}
	return len(line), out.send(&pulumirpc.RunPluginResponse{Output: output})
}
