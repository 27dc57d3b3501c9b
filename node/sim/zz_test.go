package sim
import ("testing";"fmt";"time";"math/rand/v2")
func TestZZ(t *testing.T){
  for k:=1;k<=4;k++ { for _, n:=range []int{2,3,5,8,12} { for _,joins:=range []int{1,3} {
	var worst, sum time.Duration; bad:=0
	for seed:=uint64(0);seed<10;seed++ {
	s := newDataSchedule(seed, rand.New(rand.NewPCG(seed,19)), dataShape{bits:16,r:4,k:k,latency:2*time.Millisecond,keys:40}, func(string, ...any){})
	if err:=s.build(n); err!=nil {t.Fatal(err)}
	if err:=s.load(); err!=nil {t.Fatal(err)}
	if err:=s.untilPlaced(30*time.Second,true); err!=nil {t.Fatal(err)}
	b:=s.sim.now
	for range joins {s.join()}
	if err:=s.untilPlaced(60*time.Second,true); err!=nil {t.Fatal(err)}
	d:=s.sim.now-b; sum+=d; worst=max(worst,d); if d>2*time.Second {bad++}
	}
	fmt.Println("k",k,"n",n,"joins",joins,"mean",sum/10,"worst",worst,"over 2s:",bad)
  }}}
}
