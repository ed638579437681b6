// Person outlines of YOLOv8n-seg with ONNX Runtime in Node, from raw I420 frames, to hold GrabCut against.
import ort from 'onnxruntime-node'; import fs from 'fs';
// RTC_TEST_DATA=… node segment.mjs frames.yuv width height every out.json folder [confidence] [class]
const [,, file,W,H,step,outj,outd,conf='0.4',cls='0']=process.argv; const w=+W,h=+H; const fsz=w*h+2*((w+1)>>1)*((h+1)>>1);
const S=320; const s=await ort.InferenceSession.create(process.env.RTC_TEST_DATA+'/models/agpl_yolov8n-seg_int8.onnx',{intraOpNumThreads:1});
const n=Math.floor(fs.statSync(file).size/fsz); const fd=fs.openSync(file,'r'); const buf=Buffer.alloc(fsz); const out=[]; fs.mkdirSync(outd,{recursive:true});
const sig=x=>1/(1+Math.exp(-x));
for(let f=0;f<n;f+=+step){ fs.readSync(fd,buf,0,fsz,f*fsz); const cw=(w+1)>>1,ch=(h+1)>>1;
 const rgb=new Float32Array(3*w*h); for(let y=0;y<h;y++)for(let x=0;x<w;x++){const Y=(buf[y*w+x]-16)*255/219;
   // bilinear chroma, centred siting
   const cx=Math.min(Math.max((x+.5)/2-.5,0),cw-1),cy=Math.min(Math.max((y+.5)/2-.5,0),ch-1);const x0=Math.floor(cx),y0=Math.floor(cy),x1=Math.min(x0+1,cw-1),y1=Math.min(y0+1,ch-1),ax=cx-x0,ay=cy-y0;
   const g=(o)=>{const a=buf[o+y0*cw+x0],b=buf[o+y0*cw+x1],c=buf[o+y1*cw+x0],d=buf[o+y1*cw+x1];return (a*(1-ax)+b*ax)*(1-ay)+(c*(1-ax)+d*ax)*ay-128};
   const U=g(w*h)*255/224,V=g(w*h+cw*ch)*255/224; const c=v=>Math.min(255,Math.max(0,v));
   const i=y*w+x; rgb[i]=c(Y+1.402*V); rgb[w*h+i]=c(Y-0.344136*U-0.714136*V); rgb[2*w*h+i]=c(Y+1.772*U);}
 const r=Math.min(S/w,S/h), nw=Math.round(w*r), nh=Math.round(h*r), px=(S-nw)>>1, py=(S-nh)>>1; const t=new Float32Array(3*S*S).fill(114/255);
 for(let c=0;c<3;c++)for(let y=0;y<nh;y++)for(let x=0;x<nw;x++){const sx=Math.min(Math.max((x+.5)*w/nw-.5,0),w-1),sy=Math.min(Math.max((y+.5)*h/nh-.5,0),h-1);const x0=Math.floor(sx),y0=Math.floor(sy),x1=Math.min(x0+1,w-1),y1=Math.min(y0+1,h-1),ax=sx-x0,ay=sy-y0,o=c*w*h; const v=(rgb[o+y0*w+x0]*(1-ax)+rgb[o+y0*w+x1]*ax)*(1-ay)+(rgb[o+y1*w+x0]*(1-ax)+rgb[o+y1*w+x1]*ax)*ay; t[c*S*S+(y+py)*S+x+px]=v/255;}
 const R=await s.run({images:new ort.Tensor('float32',t,[1,3,S,S])}); const o=R.output0.data,p=R.output1.data,N=2100; let c=[];
 for(let i=0;i<N;i++){let b=-1,bs=0;for(let k=0;k<80;k++){const v=o[(4+k)*N+i];if(v>bs){bs=v;b=k}} if(bs>=+conf&&(cls=='all'||b==+cls))c.push({i,b,s:bs,x:o[i],y:o[N+i],w:o[2*N+i],h:o[3*N+i]});}
 c.sort((a,b)=>b.s-a.s); const keep=[]; const iou=(a,b)=>{const x0=Math.max(a.x-a.w/2,b.x-b.w/2),x1=Math.min(a.x+a.w/2,b.x+b.w/2),y0=Math.max(a.y-a.h/2,b.y-b.h/2),y1=Math.min(a.y+a.h/2,b.y+b.h/2);const q=Math.max(0,x1-x0)*Math.max(0,y1-y0);return q/(a.w*a.h+b.w*b.h-q)};
 for(const a of c) if(!keep.some(k=>k.b==a.b&&iou(k,a)>.45)) keep.push(a);
 keep.forEach((k,j)=>{ const m=new Float32Array(6400); for(let q=0;q<32;q++){const v=o[(84+q)*N+k.i];for(let z=0;z<6400;z++)m[z]+=v*p[q*6400+z];}
  const L=(k.x-k.w/2-px)*w/nw,T=(k.y-k.h/2-py)*h/nh,Rr=(k.x+k.w/2-px)*w/nw,B=(k.y+k.h/2-py)*h/nh; const M=Buffer.alloc(w*h);
  for(let y=0;y<h;y++)for(let x=0;x<w;x++){ if(x+.5<L||x+.5>=Rr||y+.5<T||y+.5>=B)continue; const tx=((x+.5)*nw/w+px)/4-.5,ty=((y+.5)*nh/h+py)/4-.5; const x0=Math.min(Math.max(Math.floor(tx),0),78),y0=Math.min(Math.max(Math.floor(ty),0),78),ax=Math.min(Math.max(tx-x0,0),1),ay=Math.min(Math.max(ty-y0,0),1); const v=(m[y0*80+x0]*(1-ax)+m[y0*80+x0+1]*ax)*(1-ay)+(m[(y0+1)*80+x0]*(1-ax)+m[(y0+1)*80+x0+1]*ax)*ay; if(v>0)M[y*w+x]=255;}
  const name=`${outd}/m${f}_${j}.bin`; fs.writeFileSync(name,M); out.push({frame:f,score:k.s,cls:k.b,box:[L,T,Rr,B],mask:name}); });
}
fs.writeFileSync(outj,JSON.stringify(out)); console.log(n,out.length);
