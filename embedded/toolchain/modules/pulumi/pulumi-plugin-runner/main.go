// Stands between the Pulumi CLI and a language host that is older than it: the last Node host that a Go module
// holds cannot run plugins, which the CLI asks for when a policy pack is to be started. This runs them, and
// passes everything else on to the host as it came.
//
//	pulumi-plugin-runner <host> <the host's arguments>
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// The CLI's own limit for one message.
const maxMessage = 400 << 20

func main() {
	if err := serve(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-plugin-runner:", err)
		os.Exit(1)
	}
}

// Starts the host, says on which port of the loopback it is reached through here, and ends with it.
func serve(host string, args []string) error {
	command := exec.Command(host, args...)
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	lines := bufio.NewReader(output)
	var port int
	if _, err := fmt.Fscanln(lines, &port); err != nil {
		return fmt.Errorf("%s says no port: %w", host, err)
	}
	client, err := grpc.NewClient(fmt.Sprintf("127.0.0.1:%d", port),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{}), grpc.MaxCallRecvMsgSize(maxMessage)))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.ForceServerCodec(bytesCodec{}), grpc.MaxRecvMsgSize(maxMessage),
		grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
			method, _ := grpc.MethodFromServerStream(stream)
			if method == pulumirpc.LanguageRuntime_RunPlugin_FullMethodName {
				return runPlugin(stream)
			}
			return forward(client, method, stream)
		}))
	go func() { _ = server.Serve(listener) }()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	_, _ = io.Copy(os.Stdout, lines)
	return command.Wait()
}

// One request, and its one or many answers: no method of a language host has more requests than one.
func forward(client *grpc.ClientConn, method string, stream grpc.ServerStream) error {
	request, answer := []byte{}, []byte{}
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	description := &grpc.StreamDesc{ServerStreams: true}
	upstream, err := client.NewStream(stream.Context(), description, method)
	if err != nil {
		return err
	}
	if err := upstream.SendMsg(&request); err != nil {
		return err
	}
	if err := upstream.CloseSend(); err != nil {
		return err
	}
	for {
		if err := upstream.RecvMsg(&answer); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := stream.SendMsg(&answer); err != nil {
			return err
		}
	}
}

// Starts a plugin written for Node, and hands on what it prints until it ends or the CLI has had enough of it.
func runPlugin(stream grpc.ServerStream) error {
	body := []byte{}
	if err := stream.RecvMsg(&body); err != nil {
		return err
	}
	request := &pulumirpc.RunPluginRequest{}
	if err := proto.Unmarshal(body, request); err != nil {
		return err
	}
	command, err := commandOf(stream, request)
	if err != nil {
		return status.Error(codes.FailedPrecondition, err.Error())
	}
	answers := &answers{stream: stream}
	command.Stdout, command.Stderr = stdout{answers}, stderr{answers}
	err = command.Run()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		return err
	}
	return answers.send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(command.ProcessState.ExitCode())},
	})
}
