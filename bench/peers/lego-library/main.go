// What `lego run --dns route53` does, with lego's own library: its command cannot be built where the module proxy refuses
// some of its other DNS providers. One certificate after another; one that is in the folder already is renewed.
//
//	lego-library -server URL -resolver HOST:PORT -folder FOLDER NAME...
package main

import (
	"context"
	"crypto"
	"errors"
	"flag"
	"log"
	"os"
	"path/filepath"

	"github.com/go-acme/lego/v5/certcrypto"
	"github.com/go-acme/lego/v5/certificate"
	"github.com/go-acme/lego/v5/challenge/dns01"
	"github.com/go-acme/lego/v5/lego"
	"github.com/go-acme/lego/v5/providers/dns/route53"
)

// The command's default.
const keyType = certcrypto.EC256

func main() {
	server := flag.String("server", "", "the CA's directory")
	resolver := flag.String("resolver", "", "whom to ask whether a record is there")
	folder := flag.String("folder", "", "where the account and the certificates are")
	flag.Parse()
	if err := run(context.Background(), *server, *resolver, *folder, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, server, resolver, folder string, names []string) error {
	account, err := loadAccount(folder)
	if err != nil {
		return err
	}
	config := lego.NewConfig(account)
	config.CADirURL = server
	client, err := lego.NewClient(config)
	if err != nil {
		return err
	}
	if err := answerByRoute53(client, resolver); err != nil {
		return err
	}
	if err := account.register(ctx, client); err != nil {
		return err
	}
	for _, name := range names {
		if err := obtain(ctx, client, folder, name); err != nil {
			return err
		}
	}
	return nil
}

// As with --dns.resolvers and --dns.propagation.disable-ans: name servers would be asked at port 53.
func answerByRoute53(client *lego.Client, resolver string) error {
	options := dns01.NewOptions()
	options.RecursiveNameservers = []string{resolver}
	dns01.SetDefaultClient(dns01.NewClient(options))
	provider, err := route53.NewDNSProvider()
	if err != nil {
		return err
	}
	return client.Challenge.SetDNS01Provider(provider, dns01.DisableAuthoritativeNssPropagationRequirement())
}

func obtain(ctx context.Context, client *lego.Client, folder, name string) error {
	file := filepath.Join(folder, name)
	resource, err := order(ctx, client, file+".crt", name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".key", resource.PrivateKey, 0o600); err != nil {
		return err
	}
	return os.WriteFile(file+".crt", resource.Certificate, 0o600)
}

func order(ctx context.Context, client *lego.Client, file, name string) (*certificate.Resource, error) {
	before, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		request := certificate.ObtainRequest{Domains: []string{name}, KeyType: keyType, Bundle: true}
		return client.Certificate.Obtain(ctx, request)
	}
	if err != nil {
		return nil, err
	}
	// Without the private key of before: the command makes a new one, too.
	resource := certificate.Resource{Domains: []string{name}, KeyType: keyType, Certificate: before}
	return client.Certificate.Renew(ctx, resource, &certificate.RenewOptions{Bundle: true, UseARICertID: true})
}

func newKey() (crypto.Signer, error) { return certcrypto.GeneratePrivateKey(keyType) }
