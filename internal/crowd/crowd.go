// Package crowd writes files of insured people who do not exist, as large as an insurer's whole register, for
// measurements and for tests that need many.
package crowd

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
)

// File says what a file holds. The same File is the same text each time.
type File struct {
	Insurer string // 保険者番号 as printed
	People  int
	From    int    // the place of the first among all who do not exist; each place is somebody else
	Changed int    // one person in so many has moved house since Changed was 0
	Spoil   int    // one row in so many has a birth date that no calendar has; 0: none
	Note    string // a note in the last row, after everything else of the file
}

var (
	families = strings.Fields("試験 検査 架空 練習 見本 例題 仮山 仮川 仮田 髙橋 斎藤 齋藤 渡邉 渡邊 山﨑 五十嵐 佐々木 長谷川 小鳥遊 勅使河原")
	readings = strings.Fields(
		"シケン ケンサ カクウ レンシュウ ミホン レイダイ カリヤマ カリカワ カリタ タカハシ サイトウ サイトウ ワタナベ ワタナベ ヤマザキ イガラシ ササキ ハセガワ タカナシ テシガワラ",
	)
	first  = []rune("太次三花美由佳健翔結陽葵蓮悠湊凛紬芽依莉樹颯真奈")
	second = []rune("郎子一二美人太斗香菜介也平奈生江代彦男雄音乃希香")
	towns  = strings.Fields("練習町 見本町 例題町 新町 元町 栄町 緑が丘 中央 南 東本町")
	limits = strings.Fields("ア イ ウ エ オ")
)

// WriteTo writes the file as UTF-8 with CRLF.
func (f File) WriteTo(w io.Writer) (int64, error) {
	b := bufio.NewWriterSize(w, 1<<16)
	n := 0
	write := func(format string, a ...any) {
		k, _ := fmt.Fprintf(b, format, a...) // Flush returns the first error
		n += k
	}
	write(
		"保険者番号,記号,番号,枝番,氏名,フリガナ,生年月日,性別,本人家族区分," +
			"資格取得年月日,適用開始年月日,負担割合,発効期日,有効期限,限度額適用区分," +
			"郵便番号,住所,被保険者氏名,事業所名,マイナ保険証登録,備考\r\n",
	)
	r := rand.New(rand.NewPCG(20261122, 1))
	for i := range f.People {
		family, household, branch := r.IntN(len(families)), (f.From+i)/3, (f.From+i)%3
		given := string(first[r.IntN(len(first))]) + string(second[r.IntN(len(second))])
		year, month, day := 1930+r.IntN(96), 1+r.IntN(12), 1+r.IntN(28)
		born := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
		if year < 1988 && i%2 == 0 {
			born = fmt.Sprintf("昭和%d年%d月%d日", year-1925, month, day)
		}
		since := "2019-04-01"
		if year >= 2019 {
			since = born // nobody is insured before birth
		}
		if f.Spoil > 0 && i%f.Spoil == f.Spoil-1 {
			born = fmt.Sprintf("%04d-02-30", year)
		}
		share, from, until := "", "", ""
		if year < 1955 {
			share, from, until = "2割", "2026-08-01", "2027-07-31"
		}
		block := 1 + i%9
		if f.Changed > 0 && i%f.Changed == 0 {
			block += 10
		}
		relation, note := "本人", ""
		if branch > 0 {
			relation = "家族"
		}
		if i == f.People-1 {
			note = f.Note
		}
		write(
			"%s,１３－%d,%d,%02d,%s　%s,%s ナマエ%d,%s,%d,%s,%s,%s,%s,%s,%s,%s,999-%04d,"+
				"架空県架空市%s%d丁目%d番地%d号 架空ハイツ%d,%s 太郎,架空産業株式会社第%d営業所,%s,%s\r\n",
			f.Insurer,
			1+household%40,
			1000+household,
			branch,
			families[family],
			given,
			readings[family],
			i%97,
			born,
			1+r.IntN(2),
			relation,
			since,
			since,
			share,
			from,
			until,
			limits[r.IntN(len(limits))],
			r.IntN(10000),
			towns[r.IntN(len(towns))],
			block,
			1+r.IntN(30),
			1+r.IntN(20),
			100+r.IntN(900),
			families[family],
			1+r.IntN(50),
			[]string{"有", "無"}[r.IntN(2)],
			note,
		)
	}
	return int64(n), b.Flush()
}
