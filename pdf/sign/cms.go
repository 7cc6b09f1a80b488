package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// Object identifiers of RFC 5652, RFC 5754, RFC 5758 and RFC 5035.
var (
	oidData               = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCertificate = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47} // v2
	oidSHA256             = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384             = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512             = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidRSA                = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidECDSASHA256        = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
)

// contentInfo and what is in it are RFC 5652's, sections 3, 5.1 and 5.3.
type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Content      encapsulated
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	Revocations  asn1.RawValue `asn1:"optional,tag:1"`
	Signers      []signerInfo  `asn1:"set"`
}

type encapsulated struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"optional,explicit,tag:0"`
}

type signerInfo struct {
	Version            int
	Signer             issuerAndSerial
	Digest             pkix.AlgorithmIdentifier
	Attributes         asn1.RawValue `asn1:"optional,tag:0"`
	SignatureAlgorithm pkix.AlgorithmIdentifier
	Signature          []byte
	Unsigned           asn1.RawValue `asn1:"optional,tag:1"`
}

type issuerAndSerial struct {
	Issuer asn1.RawValue
	Serial asn1.RawValue
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue
}

// signingCertificate is ESS's SigningCertificateV2 (RFC 5035 section 3). SHA-256 is the default and stays out
// of DER.
type signingCertificate struct {
	Certificates []certificateID
	Policies     asn1.RawValue `asn1:"optional"`
}

type certificateID struct {
	Algorithm pkix.AlgorithmIdentifier `asn1:"optional"`
	Hash      []byte
	Issuer    asn1.RawValue `asn1:"optional"`
}

// container makes a signature's SignedData; its bytes are fixed but for the signature itself.
type container struct {
	chain     []*x509.Certificate
	algorithm pkix.AlgorithmIdentifier
	longest   int // bytes of a signature, at most
}

func newContainer(key crypto.Signer, chain []*x509.Certificate) (container, error) {
	c := container{chain: chain}
	if len(chain) == 0 {
		return c, ErrKey.Because(fmt.Errorf("no certificate"))
	}
	own, ok := chain[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if key == nil || !ok || !own.Equal(key.Public()) {
		return c, ErrKey.Because(fmt.Errorf("the first certificate is for another key"))
	}
	switch public := key.Public().(type) {
	case *ecdsa.PublicKey:
		if public.Curve == elliptic.P256() {
			c.algorithm = pkix.AlgorithmIdentifier{Algorithm: oidECDSASHA256}
			c.longest = 72 // two integers of 33 bytes with their heads (RFC 3279 section 2.2.3)
			return c, nil
		}
	case *rsa.PublicKey:
		if public.Size() >= 256 {
			c.algorithm = pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.NullRawValue}
			c.longest = public.Size()
			return c, nil
		}
	}
	return c, ErrKey.Because(fmt.Errorf("a key of type %T", key.Public()))
}

// attributes returns the SET that is signed: content-type, message-digest and signing-certificate-v2, which
// is all that level B-B wants. signing-time is forbidden there, the dictionary's /M has it (EN 319 142-1
// section 6.3).
func (c container) attributes(digest []byte) ([]byte, error) {
	hash := sha256.Sum256(c.chain[0].Raw)
	var list []attribute
	for _, a := range []struct {
		oid   asn1.ObjectIdentifier
		value any
	}{
		{oidContentType, oidData},
		{oidMessageDigest, digest},
		{oidSigningCertificate, signingCertificate{Certificates: []certificateID{{Hash: hash[:]}}}},
	} {
		der, err := asn1.Marshal(a.value)
		if err != nil {
			return nil, err
		}
		list = append(
			list,
			attribute{
				a.oid,
				asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagSet, IsCompound: true, Bytes: der},
			},
		)
	}
	return asn1.MarshalWithParams(list, "set") // in the order of DER
}

// encoded returns the ContentInfo around attributes and their signature.
func (c container) encoded(attributes, signature []byte) ([]byte, error) {
	var set asn1.RawValue
	if _, err := asn1.Unmarshal(attributes, &set); err != nil {
		return nil, err
	}
	context := func(content []byte) asn1.RawValue {
		return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: content}
	}
	var certificates []byte
	for _, one := range c.chain {
		certificates = append(certificates, one.Raw...)
	}
	serial, err := asn1.Marshal(c.chain[0].SerialNumber)
	if err != nil {
		return nil, err
	}
	digest := pkix.AlgorithmIdentifier{Algorithm: oidSHA256}
	inner, err := asn1.Marshal(
		signedData{
			Version:      1,
			Digests:      []pkix.AlgorithmIdentifier{digest},
			Content:      encapsulated{Type: oidData},
			Certificates: context(certificates),
			Signers: []signerInfo{
				{
					Version: 1,
					Signer: issuerAndSerial{
						asn1.RawValue{FullBytes: c.chain[0].RawIssuer},
						asn1.RawValue{FullBytes: serial},
					},
					Digest:             digest,
					Attributes:         context(set.Bytes),
					SignatureAlgorithm: c.algorithm,
					Signature:          signature,
				},
			},
		},
	)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(
		contentInfo{
			Type:    oidSignedData,
			Content: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner},
		},
	)
}

// room returns how many bytes a container takes at most.
func (c container) room() (int, error) {
	attributes, err := c.attributes(make([]byte, sha256.Size))
	if err != nil {
		return 0, err
	}
	der, err := c.encoded(attributes, make([]byte, c.longest))
	return len(der), err
}

// sign signs a document's digest.
func (c container) sign(key crypto.Signer, digest []byte) ([]byte, error) {
	attributes, err := c.attributes(digest)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(attributes)
	signature, err := key.Sign(nil, sum[:], crypto.SHA256) // without randomness: RFC 6979, PKCS #1 v1.5
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return c.encoded(attributes, signature)
}
