package sign

import (
	"bytes"
	"crypto"
	_ "crypto/sha256" // hashes that crypto.Hash.New finds
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// verify judges a detached SignedData over the two parts of a file (RFC 5652 section 5.6, RFC 5035 section
// 5).
func (s *Signature) verify(der, first, second []byte) {
	data, signer, err := openContainer(der)
	if err != nil {
		s.Cause = err
		return
	}
	if s.Chain, err = signerChain(data, signer); err != nil {
		s.Cause = err
		return
	}
	hash, err := hashOf(signer.Digest)
	if err != nil {
		s.Cause = err
		return
	}
	digest, err := s.attributes(signer)
	if err != nil {
		s.Cause = err
		return
	}
	h := hash.New()
	h.Write(first)
	h.Write(second)
	s.Digest = bytes.Equal(h.Sum(nil), digest)
	if !s.Digest {
		s.Cause = errors.New("the digest differs: the file was changed")
	}
	algorithm, err := algorithmOf(signer.SignatureAlgorithm, s.Chain[0], hash)
	if err == nil {
		// What is signed is the SET, not the [0] that stands in its place (RFC 5652 section 5.4).
		set := bytes.Clone(signer.Attributes.FullBytes)
		set[0] = asn1.TagSet | 0x20
		err = s.Chain[0].CheckSignature(algorithm, set, signer.Signature)
	}
	s.Right = err == nil
	if err != nil {
		s.Cause = fmt.Errorf("the signature is wrong: %w", err)
	}
}

// openContainer reads the container. Behind it only the zeros that fill the hole may stand.
func openContainer(der []byte) (signedData, signerInfo, error) {
	var info contentInfo
	var data signedData
	rest, err := asn1.Unmarshal(der, &info)
	if err != nil {
		return data, signerInfo{}, fmt.Errorf("reading the CMS: %w", err)
	}
	if len(bytes.Trim(rest, "\x00")) > 0 {
		return data, signerInfo{}, errors.New("something stands behind the CMS")
	}
	if !info.Type.Equal(oidSignedData) {
		return data, signerInfo{}, errors.New("the CMS is no SignedData")
	}
	if rest, err = asn1.Unmarshal(info.Content.Bytes, &data); err != nil || len(rest) > 0 {
		return data, signerInfo{}, fmt.Errorf("reading the SignedData: %w",
			errors.Join(err, checkTrailing(rest)))
	}
	if !data.Content.Type.Equal(oidData) || len(data.Content.Content.FullBytes) > 0 {
		return data, signerInfo{}, errors.New("the signature is not detached")
	}
	if len(data.Signers) != 1 {
		return data, signerInfo{}, fmt.Errorf("%d signers in one signature", len(data.Signers))
	}
	return data, data.Signers[0], nil
}

func checkTrailing(rest []byte) error {
	if len(rest) > 0 {
		return errors.New("trailing bytes")
	}
	return nil
}

const maxCertificates = 16

// signerChain returns the certificates, the signer's first.
func signerChain(data signedData, signer signerInfo) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
	own := -1
	for rest := data.Certificates.Bytes; len(rest) > 0; {
		var one asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &one); err != nil || len(chain) == maxCertificates {
			return nil, fmt.Errorf("reading the certificates: %w", errors.Join(err, checkTrailing(rest)))
		}
		c, err := x509.ParseCertificate(one.FullBytes)
		if err != nil {
			return nil, fmt.Errorf("reading a certificate: %w", err)
		}
		serial, err := asn1.Marshal(c.SerialNumber)
		if err == nil && bytes.Equal(c.RawIssuer, signer.Signer.Issuer.FullBytes) &&
			bytes.Equal(serial, signer.Signer.Serial.FullBytes) {
			own = len(chain)
		}
		chain = append(chain, c)
	}
	if own < 0 {
		return nil, errors.New("the signer's certificate is missing")
	}
	chain[0], chain[own] = chain[own], chain[0]
	return chain, nil
}

func hashOf(a pkix.AlgorithmIdentifier) (crypto.Hash, error) {
	switch {
	case a.Algorithm.Equal(oidSHA256):
		return crypto.SHA256, nil
	case a.Algorithm.Equal(oidSHA384):
		return crypto.SHA384, nil
	case a.Algorithm.Equal(oidSHA512):
		return crypto.SHA512, nil
	}
	return 0, fmt.Errorf("the digest %v is not accepted", a.Algorithm)
}

// algorithms are those accepted, by the hash of the content. Signers that name only RSA mean PKCS #1 v1.5
// (RFC 5754 section 3.2).
var algorithms = map[string]map[crypto.Hash]x509.SignatureAlgorithm{
	oidRSA.String(): {
		crypto.SHA256: x509.SHA256WithRSA,
		crypto.SHA384: x509.SHA384WithRSA,
		crypto.SHA512: x509.SHA512WithRSA,
	},
	"1.2.840.113549.1.1.11": {crypto.SHA256: x509.SHA256WithRSA},
	"1.2.840.113549.1.1.12": {crypto.SHA384: x509.SHA384WithRSA},
	"1.2.840.113549.1.1.13": {crypto.SHA512: x509.SHA512WithRSA},
	oidECDSASHA256.String(): {crypto.SHA256: x509.ECDSAWithSHA256},
	"1.2.840.10045.4.3.3":   {crypto.SHA384: x509.ECDSAWithSHA384},
	"1.2.840.10045.4.3.4":   {crypto.SHA512: x509.ECDSAWithSHA512},
}

func algorithmOf(
	a pkix.AlgorithmIdentifier,
	c *x509.Certificate,
	hash crypto.Hash,
) (x509.SignatureAlgorithm, error) {
	found, ok := algorithms[a.Algorithm.String()][hash]
	if !ok {
		return 0, fmt.Errorf("the signature algorithm %v with %v is not accepted (key %v)", a.Algorithm, hash,
			c.PublicKeyAlgorithm)
	}
	return found, nil
}

// attributes checks the signed attributes and returns the message digest in them. Each may be there once
// (RFC 5652 section 11), and signing-certificate-v2 must name the signer's certificate, else another with the
// same key could be put in its place.
func (s *Signature) attributes(signer signerInfo) ([]byte, error) {
	values := map[string][]byte{}
	for rest := signer.Attributes.Bytes; len(rest) > 0; {
		var a attribute
		var err error
		if rest, err = asn1.Unmarshal(rest, &a); err != nil {
			return nil, fmt.Errorf("reading the signed attributes: %w", err)
		}
		if _, twice := values[a.Type.String()]; twice {
			return nil, fmt.Errorf("the signed attribute %v stands twice", a.Type)
		}
		values[a.Type.String()] = a.Values.Bytes
	}
	var kind asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(values[oidContentType.String()], &kind); err != nil || len(rest) > 0 ||
		!kind.Equal(oidData) {
		return nil, errors.New("the signed content type is not data")
	}
	var digest []byte
	if rest, err := asn1.Unmarshal(values[oidMessageDigest.String()], &digest); err != nil || len(rest) > 0 {
		return nil, errors.New("the signed digest is missing")
	}
	var named signingCertificate
	if rest, err := asn1.Unmarshal(values[oidSigningCertificate.String()], &named); err != nil ||
		len(rest) > 0 ||
		len(named.Certificates) == 0 {
		return nil, errors.New("the signature does not name its certificate (signing-certificate-v2)")
	}
	first, hash := named.Certificates[0], crypto.SHA256
	if len(first.Algorithm.Algorithm) > 0 {
		var err error
		if hash, err = hashOf(first.Algorithm); err != nil {
			return nil, err
		}
	}
	h := hash.New()
	h.Write(s.Chain[0].Raw)
	if !bytes.Equal(h.Sum(nil), first.Hash) {
		return nil, errors.New("the signature names another certificate")
	}
	return digest, nil
}
