package pdf_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/signintech/gopdf"
	"github.com/skip2/go-qrcode"

	"madoguchi/pdf"
	"madoguchi/pdf/font"
)

// batch writes pages notices to w, each with a landing code of its own.
func batch(t testing.TB, w io.Writer, n pdf.Notice, pages int) {
	f := pdf.NewNotices(w, "架空市", noticeDay)
	for i := range pages {
		n := n
		n.Person.Number = fmt.Sprintf("%07d", i)
		n.Serial = fmt.Sprintf("2026-11-A %06d / %06d", i+1, pages)
		link, err := pdf.LinkCode(fmt.Sprintf("https://hoken.example.jp/n/ABCDEFGHIJ%06d", i))
		if err != nil {
			t.Fatal(err)
		}
		n.Landing = link
		if _, err := f.Add(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// At most 2.0 KB a notice page (docs/facts/pdf-and-pades.md#bars).
func TestABatchTakesAtMostTwoThousandBytesAPage(t *testing.T) {
	var few, many counter
	batch(t, &few, notice(t), 100)
	batch(t, &many, notice(t), 1100)
	if page := (many - few) / 1000; page > 2000 {
		t.Errorf("%d bytes a page", page)
	}
}

func TestABatchOfManyPagesIsSound(t *testing.T) {
	var out bytes.Buffer
	batch(t, &out, notice(t), 600)
	path := kept(t, out.Bytes())
	run(t, "qpdf", "--check", path)
	if n := pageCount(t, path); n != 600 {
		t.Errorf("%d pages", n)
	}
	text := run(t, "pdftotext", "-f", "600", "-l", "600", path, "-")
	if !bytes.Contains([]byte(text), []byte("0000599")) {
		t.Error(text)
	}
}

func BenchmarkBatchOfNotices(b *testing.B) {
	n := notice(b)
	var written counter
	b.ReportAllocs()
	b.ResetTimer()
	batch(b, &written, n, b.N)
	b.StopTimer()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(written)/float64(b.N), "bytes/page")
	b.ReportMetric(float64(m.Sys)/1e6, "MB")
}

func BenchmarkOneNotice(b *testing.B) {
	n := notice(b)
	for b.Loop() {
		if _, _, err := pdf.NoticePage(n, noticeDay); err != nil {
			b.Fatal(err)
		}
	}
}

// The same page as anyone would write it with gopdf and go-qrcode: a file a person.
func BenchmarkOneNoticeWithGopdfAlone(b *testing.B) {
	n := notice(b)
	for b.Loop() {
		plainNotice(b, n, 1)
	}
}

func BenchmarkBatchWithGopdfAlone(b *testing.B) { plainNotice(b, notice(b), b.N) }

// plainSheet writes as many texts as the sheet has, and its code.
func plainSheet(b *testing.B, s pdf.Sheet, code string) {
	gp := &gopdf.GoPdf{}
	gp.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4, Unit: gopdf.UnitMM})
	must(b, gp.AddTTFFontData("body", font.Regular()))
	gp.AddPage()
	must(b, gp.SetFont("body", "", 11))
	for i, text := range []string{"資格情報（写し）", "令和8年11月22日 10:42 作成", "電話 " + s.Telephone,
		"架空市 発行・マイナポータルの画面ではありません", "提示にはマイナンバーカードが必要です",
		"この写しだけでは受診できません。受付でマイナンバーカードといっしょに見せてください。", s.Person.Kana, s.Person.Name, "生年月日", "昭和30年7月1日",
		"保険者番号", "138990", "記号", "国13", "番号", "0001234", "枝番", "02",
		"負担割合", "2割", "性別", "男", "本人・家族の別", "本人", "資格取得年月日", "平成20年4月1日", "発効期日", "令和8年8月1日", "有効期限",
		"令和9年7月31日", "限度額適用区分", "一般", "保険者名", "架空市",
		"資格情報の登録日", "令和8年11月20日", "受付の方へ", "このコードを読み取ると、保険者が発行したことと、", "内容が書き換えられていないことを確かめられます。",
		"カードの持ち主と同じ人かどうかは、", "マイナンバーカードで確かめてください。", "この写しが使えるのは", "令和9年2月28日まで", "架空市長　写し・マイナンバーカードといっしょに"} {
		gp.SetXY(20, 10+5*float64(i))
		must(b, gp.Cell(nil, text))
	}
	png, err := qrcode.Encode(code, qrcode.Low, 256)
	must(b, err)
	holder, err := gopdf.ImageHolderByBytes(png)
	must(b, err)
	must(b, gp.ImageByHolder(holder, 20, 225, &gopdf.Rect{W: 48, H: 48}))
	_, err = gp.WriteTo(io.Discard)
	must(b, err)
}

// plainNotice writes as many texts as the notice has, and both codes.
func plainNotice(b *testing.B, n pdf.Notice, pages int) {
	gp := &gopdf.GoPdf{}
	gp.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4, Unit: gopdf.UnitMM})
	must(b, gp.AddTTFFontData("body", font.Regular()))
	for range pages {
		gp.AddPage()
		must(b, gp.SetFont("body", "", 11))
		for i, text := range []string{"〒100-0000", n.Person.Address, n.Person.Name + " 様", "令和8年11月22日",
			n.Issuer, "電話 " + n.Telephone, "資格情報のお知らせ",
			"あなたの加入する健康保険の資格情報を、下記のとおりお知らせします。", "このお知らせだけでは受診できません。マイナンバーカードといっしょにお持ちください。",
			"保険者名（保険者番号）", "架空市（138990）", "記号・番号（枝番）", "国13・0001234（02）", "氏名", n.Person.Kana, n.Person.Name,
			"負担割合", "2割", "発効期日 ／ 有効期限",
			"令和8年8月1日 ／ 令和9年7月31日", "適用開始年月日", "平成20年4月1日", "交付年月日", "令和8年11月22日", "スマートフォンをお持ちの方は、下のコード",
			"からご自身の資格情報を見ることができます。", "カードの読み取りができないときは、その画面", "をカードといっしょに受付で見せてください。", "① マイナポータル", "（国のサイト）",
			"② 架空市の", "資格情報画面", "②を手で入れるとき ABCD-EFGH-IJ2K-OLMB", "切り取り線（切り取ってカードと持ち歩けます）", "資格情報のお知らせ",
			"令和8年11月22日発行", "交付者名",
			"架空市長（138990）", "記号・番号（枝番）", "国13・0001234（02）", "氏名", n.Person.Name, "負担割合", "2割", "有効期限",
			"令和9年7月31日", "発効期日", "令和8年8月1日",
			"受診の際はマイナンバーカードもあわせて必要です", "この部分だけでも、マイナンバーカードと", "いっしょに見せることができます。",
			"架空市が発行したお知らせです。国が発行した書類ではありません。", n.Serial} {
			gp.SetXY(20, 10+5*float64(i))
			must(b, gp.Cell(nil, text))
		}
		for i, url := range []string{statePage, landing} {
			png, err := qrcode.Encode(url, qrcode.Medium, 256)
			must(b, err)
			holder, err := gopdf.ImageHolderByBytes(png)
			must(b, err)
			must(b, gp.ImageByHolder(holder, 20+40*float64(i), 220, &gopdf.Rect{W: 30, H: 30}))
		}
	}
	_, err := gp.WriteTo(io.Discard)
	must(b, err)
}

func must(b *testing.B, err error) {
	if err != nil {
		b.Fatal(err)
	}
}
