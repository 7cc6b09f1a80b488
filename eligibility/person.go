package eligibility

// Person is one insured person as the insurer registered them (資格情報). Empty and zero fields are unknown,
// never "no".
type Person struct {
	Insurer      InsurerNumber `json:"insurer"`                // 保険者番号
	Symbol       string        `json:"symbol,omitempty"`       // 記号, as printed
	Number       string        `json:"number"`                 // 番号, as printed
	BranchNumber string        `json:"branchNumber,omitempty"` // 枝番, two digits or empty

	// 氏名, family and given name parted by a blank where known
	Name string `json:"name"`
	// 氏名カナ
	Kana string `json:"kana,omitempty"`
	// 通称名
	Alias string `json:"alias,omitempty"`
	// 通称名カナ
	AliasKana string `json:"aliasKana,omitempty"`
	// 生年月日, perhaps partial
	BirthDate Date `json:"birthDate"`
	// 性別
	Sex Sex `json:"sex,omitempty"`
	// 本人家族区分
	Relation Relation `json:"relation,omitempty"`
	// 被保険者氏名, for a family member
	SubscriberName string `json:"subscriberName,omitempty"`

	// 資格取得年月日
	QualifiedOn Date `json:"qualifiedOn,omitzero"`
	// 適用開始年月日
	CoverageFrom Date `json:"coverageFrom,omitzero"`
	// 資格喪失年月日: the first day without
	LostOn Date `json:"lostOn,omitzero"`
	// 負担割合 that the insurer assigned, percent; 0 = none
	AssignedShare int `json:"assignedShare,omitempty"`
	// 発効期日
	ValidFrom Date `json:"validFrom,omitzero"`
	// 有効期限: the last day
	ValidUntil Date `json:"validUntil,omitzero"`
	// 限度額適用区分
	Limit LimitClass `json:"limit,omitempty"`

	PostCode        string `json:"postCode,omitempty"`        // 郵便番号
	Address         string `json:"address,omitempty"`         // 住所
	MailPostCode    string `json:"mailPostCode,omitempty"`    // 送付先郵便番号
	MailAddress     string `json:"mailAddress,omitempty"`     // 送付先住所, where it is not 住所 that papers go to
	HouseholdNumber string `json:"householdNumber,omitempty"` // 世帯番号
	Employer        string `json:"employer,omitempty"`        // 事業所名

	Registered       Answer `json:"registered,omitempty"`      // マイナ保険証登録
	CertificateUntil Date   `json:"certificateUntil,omitzero"` // 電子証明書有効期限: the last day
	FrequentUse      Answer `json:"frequentUse,omitempty"`     // マイナ保険証 used as the 広域連合's own UseRule asks
	NeedsCare        Answer `json:"needsCare,omitempty"`       // 要配慮
	Withheld         Answer `json:"withheld,omitempty"`        // 不開示 (DV and the like)
	IssuedOn         Date   `json:"issuedOn,omitzero"`         // 交付年月日
}

// Answer is yes, no or unknown. The zero value is unknown.
type Answer string

const (
	Unknown Answer = ""
	Yes     Answer = "yes"
	No      Answer = "no"
)

// Sex (性別) in FHIR's words. The zero value is unknown or not stated (OQS Sex1 = 3).
type Sex string

const (
	SexUnknown Sex = ""
	Male       Sex = "male"
	Female     Sex = "female"
)

// Japanese returns 男, 女 or "".
func (s Sex) Japanese() string { return sexNames[s] }

var sexNames = map[Sex]string{Male: "男", Female: "女"}

// Relation is 本人 (the subscriber) or 家族 (a dependent): FHIR JP Core InsuredPersonCategory 1 and 2.
type Relation string

const (
	RelationUnknown Relation = ""
	Subscriber      Relation = "subscriber"
	Dependent       Relation = "dependent"
)

// Japanese returns 本人, 家族 or "".
func (r Relation) Japanese() string { return relationNames[r] }

var relationNames = map[Relation]string{Subscriber: "本人", Dependent: "家族"}
