package main

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/go-acme/lego/v5/acme"
	"github.com/go-acme/lego/v5/certcrypto"
	"github.com/go-acme/lego/v5/lego"
	"github.com/go-acme/lego/v5/registration"
)

// The account at the CA, kept in two files as the command does: its key and what the CA said of it.
type account struct {
	key          crypto.Signer
	registration *acme.ExtendedAccount
	file         string
}

func (a *account) GetEmail() string                       { return "you@example.com" }
func (a *account) GetPrivateKey() crypto.Signer           { return a.key }
func (a *account) GetRegistration() *acme.ExtendedAccount { return a.registration }

func loadAccount(folder string) (*account, error) {
	a := &account{file: filepath.Join(folder, "account.json")}
	keyFile := filepath.Join(folder, "account.key")
	pem, err := os.ReadFile(keyFile)
	if errors.Is(err, os.ErrNotExist) {
		if a.key, err = newKey(); err != nil {
			return nil, err
		}
		return a, os.WriteFile(keyFile, certcrypto.PEMEncode(a.key), 0o600)
	}
	if err != nil {
		return nil, err
	}
	if a.key, err = certcrypto.ParsePEMPrivateKey(pem); err != nil {
		return nil, err
	}
	said, err := os.ReadFile(a.file)
	if err != nil {
		return nil, err
	}
	return a, json.Unmarshal(said, &a.registration)
}

// Registers an account that the CA does not know yet.
func (a *account) register(ctx context.Context, client *lego.Client) error {
	if a.registration != nil {
		return nil
	}
	said, err := client.Registration.Register(ctx, registration.RegisterOptions{TermsOfServiceAgreed: true})
	if err != nil {
		return err
	}
	a.registration = said
	encoded, err := json.Marshal(said)
	if err != nil {
		return err
	}
	return os.WriteFile(a.file, encoded, 0o600)
}
